// The worker is a file of this bundle, so that the device origin serves it and its hash covers it.
import '@symbolon/device/storage-worker'
