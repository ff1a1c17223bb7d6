"""Recomputes testing/vectors/custody/*.json from docs/custody.md alone, with none of this repository's code.

Python 3.8 or later; X25519, Ed25519 verification, ECDSA, AES and HMAC come from the package `cryptography`, the arithmetic of
edwards25519 is written out below. Usage: python3 verify.py FOLDER. Ends with the number of values that agree, or at the first that
does not.
"""
import hashlib
import hmac
import json
import os
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

checked = 0


def same(name, computed, written):
    """One value of the vectors: what we computed is what is written."""
    global checked
    written = bytes.fromhex(written) if isinstance(written, str) and isinstance(computed, bytes) else written
    if computed != written:
        sys.exit(f"MISMATCH {name}: computed {computed!r}, written {written!r}")
    checked += 1


# --- edwards25519 (RFC 8032, section 5.1), affine and slow ---------------------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P


def recover_x(y, sign):
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P != 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - xx) % P != 0:
        raise ValueError("no point")
    return P - x if x & 1 != sign else x


BASE = (recover_x(BASE_Y, 0), BASE_Y)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P
    return x, y


def mul(scalar, point=BASE):
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def encode_point(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decode_point(data):
    value = int.from_bytes(data, "little")
    return recover_x(value & (2**255 - 1), value >> 255), value & (2**255 - 1)


def scalar(data):
    return int.from_bytes(data, "little") % L


def encode_scalar(value):
    return (value % L).to_bytes(32, "little")


# --- frames, hashes, keys ------------------------------------------------------------------------------------------------------------
TAG = "symbolon/v1/"
ID, HASH, POINT, TIME = 16, 32, 32, 8
SHORT = [("walletId", ID), ("slotHash", HASH), ("paymentAttemptId", ID), ("expiresAt", TIME)]
CERTIFICATE = [("subjectId", ID), ("key", 32), ("from", TIME), ("to", TIME)]
# Fields in order with their size in bytes; None: a size that the field itself says.
LAYOUTS = {
    "open": [("walletId", ID), ("epochId", ID), ("query", ID)],
    "slot": [("walletId", ID), ("epochId", ID), ("query", ID), ("slotId", ID), ("hidingCommitment", POINT), ("bindingCommitment", POINT),
             ("sealingKey", POINT), ("now", TIME), ("expiresAt", TIME), ("counter", 8), ("lastSlotId", ID), ("lastState", 1), ("triesLeft", 1)],
    "pay": [("walletId", ID), ("tokenReferenceId", ID), ("slotHash", HASH), ("paymentAttemptId", ID), ("merchantId", ID), ("requestHash", HASH),
            ("amountMinorUnits", 8), ("currencyNumeric", 2), ("instalmentMonths", 1), ("expiresAt", TIME), ("channel", 1)],
    "bind": [("walletId", ID), ("slotHash", HASH), ("paymentAttemptId", ID), ("walletKey", POINT), ("deviceKey", None), ("operatorId", ID),
             ("issuerNonce", ID), ("expiresAt", TIME)],
    "record": SHORT, "pinset": SHORT, "refresh": SHORT, "close": SHORT,
    "closed": [("walletId", ID), ("epochId", ID), ("now", TIME)],
    "pay-hdr": [("walletId", ID), ("epochId", ID), ("slotId", ID)],
    "inner": [("message", None), ("hidingCommitment", POINT), ("bindingCommitment", POINT), ("signatureShare", 32), ("deviceKeyKind", 1),
              ("deviceSignature", None)],
    "done": [("status", 1), ("signature", None), ("payload", None), ("triesLeft", 1)],
    "alarm": [("walletId", ID), ("epochId", ID), ("query", ID), ("retired", ID)],
    "offer": [("walletId", ID), ("sessionId", ID), ("vaultPoint", POINT), ("proof", 64), ("sealingKey", POINT), ("expiresAt", TIME)],
    "accept": [("sessionId", ID), ("devicePoint", POINT), ("proof", 64), ("deviceKeyKind", 1), ("deviceKey", None), ("stopCodeHash", HASH)],
    "enrol": [("issuerId", ID), ("issuerNonce", ID), ("walletId", ID)],
    "grant": [("issuerId", ID), ("walletId", ID), ("tokenReferenceId", ID), ("network", None), ("lastFour", 4), ("grantNumber", 4)],
    "opcert": CERTIFICATE, "skcert": CERTIFICATE, "mkcert": CERTIFICATE,
}


def frame(name, *fields):
    tag = (TAG + name).encode("ascii")
    return bytes([len(tag)]) + tag + bytes([len(fields)]) + b"".join(len(field).to_bytes(2, "big") + field for field in fields)


def parse(name, data):
    """The fields of a frame by name; encoding them again gives the same bytes."""
    tag = (TAG + name).encode("ascii")
    layout = LAYOUTS[name]
    assert data[0] == len(tag) and data[1:1 + len(tag)] == tag and data[1 + len(tag)] == len(layout), name
    offset, values = 2 + len(tag), {}
    for field, size in layout:
        length = int.from_bytes(data[offset:offset + 2], "big")
        assert size is None or length == size, (name, field)
        values[field] = data[offset + 2:offset + 2 + length]
        offset += 2 + length
    assert offset == len(data) and frame(name, *values.values()) == data, name
    return values


def sha256(data):
    return hashlib.sha256(data).digest()


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def h2s(name, *fields):
    return scalar(hashlib.sha512(frame(name, *fields)).digest())


def k_mac(key):
    return mac(key, (TAG + "k-mac").encode())


def k_psk(key):
    return mac(key, (TAG + "k-psk").encode())


# --- HPKE (RFC 9180), suite 0x0020/0x0001/0x0002 -------------------------------------------------------------------------------------
SUITE = b"HPKE" + bytes.fromhex("002000010002")
KEM_SUITE = b"KEM" + bytes.fromhex("0020")


def expand(prk, info, size):
    output, block = b"", b""
    for index in range(1, -(-size // 32) + 1):
        block = mac(prk, block + info + bytes([index]))
        output += block
    return output[:size]


def labeled_extract(suite, salt, label, ikm):
    return mac(salt if salt else bytes(32), b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, size):
    return expand(prk, size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, size)


def public_key(secret):
    return x25519.X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


class Context:
    """The recipient's context: opens its one message, and exports."""

    def __init__(self, secret, encapsulated, info, psk=b"", psk_id=b""):
        agreed = x25519.X25519PrivateKey.from_private_bytes(secret).exchange(x25519.X25519PublicKey.from_public_bytes(encapsulated))
        eae = labeled_extract(KEM_SUITE, b"", b"eae_prk", agreed)
        shared = labeled_expand(KEM_SUITE, eae, b"shared_secret", encapsulated + public_key(secret), 32)
        schedule = bytes([1 if psk else 0]) + labeled_extract(SUITE, b"", b"psk_id_hash", psk_id) + labeled_extract(SUITE, b"", b"info_hash", info)
        secret_ = labeled_extract(SUITE, shared, b"secret", psk)
        self.key = labeled_expand(SUITE, secret_, b"key", schedule, 32)
        self.nonce = labeled_expand(SUITE, secret_, b"base_nonce", schedule, 12)
        self.exporter = labeled_expand(SUITE, secret_, b"exp", schedule, 32)

    def open(self, sealed, aad):
        return AESGCM(self.key).decrypt(self.nonce, sealed, aad)

    def export(self, context, size):
        return labeled_expand(SUITE, self.exporter, b"sec", context, size)


class Exporter(Context):
    """A context of which only the exporter secret is known."""

    def __init__(self, exporter):
        self.exporter = exporter


def export(context, label, size, transcript=b""):
    return context.export((TAG + label).encode() + transcript, size)


def epoch_of(context, transcript):
    return {"delta": scalar(export(context, "delta", 64, transcript)), "epochKey": export(context, "K", 32, transcript),
            "epochId": export(context, "eid", 16, transcript), "recordKey": export(context, "rec", 32, transcript)}


def verify_ed25519(key, signature, data):
    ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, data)


def verify_possession(session, role, point, proof):
    challenge = h2s("pop", session, bytes([role]), point, proof[:32])
    assert mul(scalar(proof[32:])) == add(decode_point(proof[:32]), mul(challenge, decode_point(point))), "proof of possession"


# --- FROST (RFC 9591), Ed25519 with SHA-512; the vault is participant 1, the device 2, shares are added ------------------------------
FROST = b"FROST-ED25519-SHA512-v1"


def frost_hash(label, data):
    return hashlib.sha512(FROST + label + data).digest()


def nonce(random, share):
    return scalar(frost_hash(b"nonce", random + share))


def identifier(number):
    return number.to_bytes(32, "little")


def binding_factors(key, message, commitments):
    encoded = b"".join(identifier(number) + hiding + binding for number, hiding, binding in commitments)
    prefix = key + frost_hash(b"msg", message) + frost_hash(b"com", encoded)
    return [scalar(frost_hash(b"rho", prefix + identifier(number))) for number, _, _ in commitments]


# --- the files -----------------------------------------------------------------------------------------------------------------------
def check_messages(vectors):
    seen = set()
    for vector in vectors["messages"]:
        name = vector["tag"][len(TAG):]
        layout = LAYOUTS[name]
        seen.add(name)
        assert [field["name"] for field in vector["fields"]] == [field for field, _ in layout], name
        fields = []
        for value, (_, size) in zip(vector["fields"], layout):
            if value["encoding"] == "bytes":
                fields.append(bytes.fromhex(value["value"]))
            elif value["encoding"] == "ascii":
                fields.append(value["value"].encode("ascii"))
            else:
                fields.append(int(value["value"]).to_bytes(size, "big"))
        same(f"frame {name}", frame(name, *fields), vector["frame"])
        parse(name, bytes.fromhex(vector["frame"]))
    assert seen == set(LAYOUTS), seen ^ set(LAYOUTS)


def check_protocol(v):
    message = bytes.fromhex(v["m"])
    same("SHA-256(m)", sha256(message), v["messageHash"])
    same("SHA-256(frame(hw; m))", sha256(frame("hw", message)), v["deviceSignatureInputHash"])
    pin = {name: bytes.fromhex(value) for name, value in v["pin"].items()}
    same("h", encode_scalar(h2s("pin", pin["walletId"], pin["salt"], pin["stretchedPin"], pin["prf"])), v["pin"]["h"])
    transcript = sha256(frame("th", message, bytes.fromhex(v["epoch"]["signature"])))
    same("th", transcript, v["epoch"]["transcriptHash"])
    context = Exporter(bytes.fromhex(v["epoch"]["exporterSecret"]))
    epoch = epoch_of(context, transcript)
    same("resp", export(context, "resp", 32), v["epoch"]["responseKey"])
    same("delta", encode_scalar(epoch["delta"]), v["epoch"]["delta"])
    same("eid'", epoch["epochId"], v["epoch"]["epochId"])
    same("K'", epoch["epochKey"], v["epoch"]["key"])
    same("rec'", epoch["recordKey"], v["epoch"]["recordKey"])
    same("SHA-256(R)", sha256(export(context, "record", 1056, transcript)), v["epoch"]["recordPadHash"])
    key = bytes.fromhex(v["keys"]["epochKey"])
    same("K_mac", k_mac(key), v["keys"]["macKey"])
    same("K_psk", k_psk(key), v["keys"]["presharedKey"])


def check_enrolment(v, vault_key):
    e = v["enrolment"]
    offer_bytes, signature = bytes.fromhex(e["signedOffer"])[:-64], bytes.fromhex(e["signedOffer"])[-64:]
    verify_ed25519(vault_key, signature, offer_bytes)
    offer = parse("offer", offer_bytes)
    drawn = [bytes.fromhex(value) for value in e["vaultRandom"]]
    same("session id", drawn[0], offer["sessionId"].hex())
    vault_half = scalar(drawn[1])
    same("vault's key half", encode_scalar(vault_half), e["vaultKeyHalf"])
    same("Y_s", encode_point(mul(vault_half)), offer["vaultPoint"].hex())
    same("R of the vault's proof", encode_point(mul(scalar(drawn[2]))), offer["proof"][:32].hex())
    verify_possession(offer["sessionId"], 1, offer["vaultPoint"], offer["proof"])
    same("X of the offer", public_key(bytes.fromhex(e["offerSecret"])), offer["sealingKey"].hex())

    code_bits = "".join(f"{byte:08b}" for byte in bytes.fromhex(e["deviceRandom"][0]))
    code = "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[int(code_bits[5 * index:5 * index + 5], 2)] for index in range(25))
    same("stop code", code, e["stopCode"])
    same("stop code's hash", sha256(frame("stop", code.encode())), e["stopCodeHash"])

    sealed = bytes.fromhex(e["sealedAnswer"])
    same("enc of the answer", public_key(bytes.fromhex(e["ephemeralSecret"])), sealed[:32].hex())
    context = Context(bytes.fromhex(e["offerSecret"]), sealed[:32], (TAG + "enrol-seal").encode())
    accept = parse("accept", context.open(sealed[32:], offer_bytes))
    same("session id in the answer", accept["sessionId"], offer["sessionId"].hex())
    same("device key", accept["deviceKey"], e["deviceKey"])
    same("stop code's hash in the answer", accept["stopCodeHash"], e["stopCodeHash"])
    device_half = scalar(bytes.fromhex(e["deviceRandom"][1]))
    same("Y_d", encode_point(mul(device_half)), accept["devicePoint"].hex())
    verify_possession(accept["sessionId"], 2, accept["devicePoint"], accept["proof"])
    wallet_key = encode_point(add(decode_point(accept["devicePoint"]), decode_point(offer["vaultPoint"])))
    same("Y", wallet_key, e["walletKey"])
    transcript = sha256(frame("th", wallet_key, offer["sessionId"]))
    same("th of the enrolment", transcript, e["transcriptHash"])
    epoch = epoch_of(context, transcript)
    same("K of the enrolment", epoch["epochKey"], e["epochKey"])
    same("eid of the enrolment", epoch["epochId"], e["epochId"])
    device_share, vault_share = (device_half + epoch["delta"]) % L, (vault_half - epoch["delta"]) % L
    same("a_d", encode_scalar(device_share), e["deviceShare"])
    same("a_s", encode_scalar(vault_share), e["vaultShare"])
    same("(a_d + a_s)G", encode_point(mul((device_share + vault_share) % L)), e["walletKey"])
    return wallet_key, device_share, vault_share


def check_pin(v, wallet_id, device_share):
    p = v["pin"]
    try:
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
        kdf = Argon2id(salt=bytes.fromhex(p["pinSalt"]), length=32, iterations=3, lanes=1, memory_cost=65536)
        same("argon2id", kdf.derive(p["pin"].encode()), p["stretchedPin"])
    except Exception as problem:  # argon2id needs OpenSSL 3.2
        if type(problem).__name__ not in ("ImportError", "ModuleNotFoundError", "UnsupportedAlgorithm"):
            raise
        print("argon2id is not in this installation of `cryptography`: that one value is taken as given", file=sys.stderr)
    h = h2s("pin", wallet_id, bytes.fromhex(p["salt"]), bytes.fromhex(p["stretchedPin"]), b"")
    same("h", encode_scalar(h), p["h"])
    same("c", encode_scalar(device_share - h), p["maskedShare"])


def check_opening(v, vault_key, wallet_id, vault_share):
    o, key, epoch_id = v["opening"], bytes.fromhex(v["enrolment"]["epochKey"]), bytes.fromhex(v["enrolment"]["epochId"])
    same("K_mac", k_mac(key), o["macKey"])
    message = bytes.fromhex(o["open"])
    fields = parse("open", message[:-32])
    same("open names the epoch", fields["walletId"] + fields["epochId"], (wallet_id + epoch_id).hex())
    same("MAC of open", mac(k_mac(key), message[:-32]), message[-32:].hex())
    slot_bytes, signature = bytes.fromhex(o["signedSlot"])[:-64], bytes.fromhex(o["signedSlot"])[-64:]
    verify_ed25519(vault_key, signature, slot_bytes)
    slot = parse("slot", slot_bytes)
    same("slot hash", sha256(slot_bytes), o["slotHash"])
    same("slot answers this query", slot["query"], fields["query"].hex())
    share = encode_scalar(vault_share)
    drawn = [bytes.fromhex(value) for value in o["vaultRandom"]]
    same("slot id", drawn[0], slot["slotId"].hex())
    hiding, binding = nonce(drawn[1], share), nonce(drawn[2], share)
    same("d_s", encode_scalar(hiding), o["hidingNonce"])
    same("e_s", encode_scalar(binding), o["bindingNonce"])
    same("D_s", encode_point(mul(hiding)), slot["hidingCommitment"].hex())
    same("E_s", encode_point(mul(binding)), slot["bindingCommitment"].hex())
    same("X", public_key(bytes.fromhex(o["slotSecret"])), slot["sealingKey"].hex())
    alarm = bytes.fromhex(o["alarm"])
    same("alarm names the slot", parse("alarm", alarm[:-32])["retired"], slot["slotId"].hex())
    same("MAC of alarm", mac(k_mac(key), alarm[:-32]), alarm[-32:].hex())
    return slot, hiding, binding


def check_pay(v, slot, nonces, shares, wallet_key):
    p, key = v["pay"], bytes.fromhex(v["enrolment"]["epochKey"])
    (hiding_s, binding_s), (device_share, vault_share) = nonces, shares
    message = bytes.fromhex(p["message"])
    same("m names the slot", parse("pay", message)["slotHash"], v["opening"]["slotHash"])
    drawn = [bytes.fromhex(value) for value in p["deviceRandom"]]
    hiding_d, binding_d = nonce(drawn[0], encode_scalar(device_share)), nonce(drawn[1], encode_scalar(device_share))
    same("D_d", encode_point(mul(hiding_d)), p["hidingCommitment"])
    same("E_d", encode_point(mul(binding_d)), p["bindingCommitment"])
    commitments = [(1, slot["hidingCommitment"], slot["bindingCommitment"]),
                   (2, bytes.fromhex(p["hidingCommitment"]), bytes.fromhex(p["bindingCommitment"]))]
    rho = binding_factors(wallet_key, message, commitments)
    same("binding factors", [encode_scalar(value).hex() for value in rho], p["bindingFactors"])
    r = encode_point(mul((hiding_s + rho[0] * binding_s + hiding_d + rho[1] * binding_d) % L))
    challenge = scalar(hashlib.sha512(r + wallet_key + message).digest())
    z_d = (hiding_d + rho[1] * binding_d + challenge * device_share) % L
    z_s = (hiding_s + rho[0] * binding_s + challenge * vault_share) % L
    same("z_d", encode_scalar(z_d), p["signatureShare"])
    same("sigma", r + encode_scalar(z_d + z_s), p["signature"])
    verify_ed25519(wallet_key, bytes.fromhex(p["signature"]), message)

    hw = frame("hw", message)
    same("frame(hw; m)", hw, p["deviceSignatureInput"])
    signature = bytes.fromhex(p["deviceSignature"])
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    serialization.load_der_public_key(bytes.fromhex(v["enrolment"]["deviceKey"])).verify(der, hw, ec.ECDSA(hashes.SHA256()))

    sealed = bytes.fromhex(p["sealed"])
    header = frame("pay-hdr", slot["walletId"], slot["epochId"], slot["slotId"])
    same("header", sealed[:len(header)], header.hex())
    encapsulated = sealed[len(header):len(header) + 32]
    same("enc", public_key(bytes.fromhex(p["ephemeralSecret"])), encapsulated.hex())
    same("K_psk", k_psk(key), p["presharedKey"])
    context = Context(bytes.fromhex(v["opening"]["slotSecret"]), encapsulated, (TAG + "pay-seal").encode(), k_psk(key), slot["walletId"] + slot["epochId"])
    inner = context.open(sealed[len(header) + 32:], header)
    same("inner", inner, frame("inner", message, commitments[1][1], commitments[1][2], encode_scalar(z_d), b"\x00", signature).hex())
    same("H(pay)", sha256(sealed), p["hash"])
    same("resp", export(context, "resp", 32), p["responseKey"])
    done = AESGCM(bytes.fromhex(p["responseKey"])).decrypt(bytes(12), bytes.fromhex(p["sealedDone"]), slot["slotId"])
    same("done", done, frame("done", b"\x02", bytes.fromhex(p["signature"]), b"", b"\x05").hex())
    return context, message


def check_epoch(v, context, message, shares, wallet_id):
    e = v["epoch"]
    device_share, vault_share = shares
    transcript = sha256(frame("th", message, bytes.fromhex(v["pay"]["signature"])))
    same("th", transcript, e["transcriptHash"])
    epoch = epoch_of(context, transcript)
    same("delta", encode_scalar(epoch["delta"]), e["delta"])
    for name in ("epochId", "epochKey", "recordKey"):
        same(name, epoch[name], e[name])
    same("a_d + delta", encode_scalar(device_share + epoch["delta"]), e["deviceShare"])
    same("a_s - delta", encode_scalar(vault_share - epoch["delta"]), e["vaultShare"])
    h = h2s("pin", wallet_id, bytes.fromhex(e["nextSalt"]), bytes.fromhex(v["pin"]["stretchedPin"]), b"")
    same("c'", encode_scalar(device_share + epoch["delta"] - h), e["maskedShare"])
    return epoch, transcript


def check_record(v, context, epoch, transcript, wallet_id):
    r = v["record"]
    salt, record_id = bytes.fromhex(r["salt"]), bytes.fromhex(r["recordId"])
    body = frame("card-record", *[value.encode() for value in r["fields"].values()])
    padded = body + b"\x80" + bytes(1024 - len(body) - 1) + salt
    same("M'", padded, r["padded"])
    same("rec-com", sha256(frame("rec-com", wallet_id, padded)), r["commitment"])
    for name, value in r["fields"].items():
        field_salt = mac(salt, frame("field-salt", name.encode()))
        same(f"field-com {name}", sha256(frame("field-com", wallet_id, record_id, name.encode(), value.encode(), field_salt)), r["fieldCommitments"][name])
    pad = export(context, "record", 1056, transcript)
    same("R", pad, r["pad"])
    half = bytes(a ^ b for a, b in zip(padded, pad))
    same("device's half", half, r["deviceHalf"])
    stream = Cipher(algorithms.AES(mac(epoch["recordKey"], record_id)), modes.CTR(bytes(16))).encryptor().update(bytes(1056))
    same("device's half moved", bytes(a ^ b for a, b in zip(half, stream)), r["movedDeviceHalf"])
    same("vault's half moved", bytes(a ^ b for a, b in zip(pad, stream)), r["movedVaultHalf"])
    return salt


def check_statements(v, vault_key, wallet_id, salt):
    s = v["statements"]
    closing = bytes.fromhex(s["closing"])
    verify_ed25519(vault_key, closing[-64:], closing[:-64])
    same("closed names the wallet", parse("closed", closing[:-64])["walletId"], wallet_id.hex())
    parse("grant", bytes.fromhex(s["grant"]))
    verify_ed25519(vault_key, bytes.fromhex(s["grantSignature"]), bytes.fromhex(s["grant"]))
    same("frame(row; ..)", frame("row", wallet_id, bytes.fromhex(v["epoch"]["epochId"]), b"share"), s["rowAad"])
    same("salt of a field", mac(salt, frame("field-salt", b"expiry")), s["fieldSalt"])


def check_exchange(v):
    vault_key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(v["vaultSigningSeed"])).public_key().public_bytes_raw()
    same("vk_V", vault_key, v["vaultPublicKey"])
    wallet_id = bytes.fromhex(v["enrolment"]["walletId"])
    wallet_key, device_share, vault_share = check_enrolment(v, vault_key)
    check_pin(v, wallet_id, device_share)
    slot, hiding, binding = check_opening(v, vault_key, wallet_id, vault_share)
    context, message = check_pay(v, slot, (hiding, binding), (device_share, vault_share), wallet_key)
    epoch, transcript = check_epoch(v, context, message, (device_share, vault_share), wallet_id)
    salt = check_record(v, context, epoch, transcript, wallet_id)
    check_statements(v, vault_key, wallet_id, salt)


def main(folder):
    for name, check in (("messages", check_messages), ("protocol", check_protocol), ("exchange", check_exchange)):
        with open(os.path.join(folder, f"{name}.json"), encoding="utf-8") as file:
            check(json.load(file))
    print(f"{checked} values agree")


main(sys.argv[1])
