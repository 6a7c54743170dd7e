// The certificate request (PKCS#10) of a signing device: an SM2 key and a request signed with it, as the device exports it.

import { createHash, randomBytes } from "node:crypto";

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = P - 3n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const G = {
  x: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  y: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};

/** A request in PEM; `spoilt` leaves it with a signature that does not fit. */
export function certificateRequest({ name, spoilt = false }) {
  const secret = (number(randomBytes(32)) % (N - 2n)) + 1n;
  const key = times(secret, G);
  const point = Buffer.concat([Buffer.of(4), bytes(key.x), bytes(key.y)]);
  const info = seq(
    Buffer.of(2, 1, 0),
    seq(
      tagged(0x31, seq(oid("550406"), tagged(0x13, Buffer.from("CN")))),
      tagged(0x31, seq(oid("550403"), tagged(0x0c, Buffer.from(name)))),
    ),
    // ecPublicKey on the recommended curve
    seq(seq(oid("2a8648ce3d0201"), oid("2a811ccf5501822d")), tagged(3, Buffer.concat([Buffer.of(0), point]))),
    tagged(0xa0, Buffer.alloc(0)),
  );
  const signature = sign(secret, key, info);
  if (spoilt) signature[signature.length - 1] ^= 1;
  // SM3withSM2
  const der = seq(info, seq(oid("2a811ccf55018375")), tagged(3, Buffer.concat([Buffer.of(0), signature])));
  const lines = der.toString("base64").match(/.{1,64}/g).join("\n");
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** GB/T 32918.2 with the default identity. */
function sign(secret, key, message) {
  const identity = Buffer.from("1234567812345678");
  const z = sm3(Buffer.of(0, identity.length * 8), identity, ...[A, B, G.x, G.y, key.x, key.y].map(bytes));
  const e = number(sm3(z, message));
  for (;;) {
    const k = (number(randomBytes(32)) % (N - 1n)) + 1n;
    const r = (e + times(k, G).x) % N;
    if (r === 0n || r + k === N) continue;
    const s = mod(inverse(1n + secret, N) * (k - r * secret), N);
    if (s !== 0n) return seq(integer(r), integer(s));
  }
}

function times(factor, point) {
  let sum = null;
  for (let at = point; factor > 0n; factor >>= 1n, at = add(at, at)) if (factor & 1n) sum = add(sum, at);
  return sum;
}

function add(a, b) {
  if (!a || !b) return a ?? b;
  if (a.x === b.x && a.y !== b.y) return null;
  const slope =
    a.x === b.x ? mod((3n * a.x * a.x + A) * inverse(2n * a.y, P), P) : mod((b.y - a.y) * inverse(b.x - a.x, P), P);
  const x = mod(slope * slope - a.x - b.x, P);
  return { x, y: mod(slope * (a.x - x) - a.y, P) };
}

function inverse(value, modulus) {
  let [r, next, t, nextT] = [modulus, mod(value, modulus), 0n, 1n];
  while (next !== 0n) {
    const q = r / next;
    [r, next, t, nextT] = [next, r - q * next, nextT, t - q * nextT];
  }
  return mod(t, modulus);
}

const mod = (value, modulus) => ((value % modulus) + modulus) % modulus;
const number = (buffer) => BigInt(`0x${buffer.toString("hex")}`);
const bytes = (value) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
const sm3 = (...parts) => createHash("sm3").update(Buffer.concat(parts)).digest();

function tagged(tag, content) {
  const length = content.length;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}
const seq = (...parts) => tagged(0x30, Buffer.concat(parts));
const oid = (hex) => tagged(6, Buffer.from(hex, "hex"));

function integer(value) {
  const hex = value.toString(16);
  const content = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
  return tagged(2, content[0] & 0x80 ? Buffer.concat([Buffer.of(0), content]) : content);
}
