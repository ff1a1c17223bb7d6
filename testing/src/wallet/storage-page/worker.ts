import '@symbolon/device/storage-worker'
