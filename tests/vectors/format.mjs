// hf-token-store(5) a second time, from the manual alone: what opens and seals, on @noble's primitives.
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa';
import { xchacha20poly1305 } from '@noble/ciphers/chacha';
import { x25519 } from '@noble/curves/ed25519';
import { argon2id } from '@noble/hashes/argon2';
import { blake2b } from '@noble/hashes/blake2b';

export const NUMBER_MAX = 999999999999999;
export const utf8 = (text) => new TextEncoder().encode(text);
export const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

export const number = (value, width) =>
  Uint8Array.from({ length: width }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
export const lp = (bytes) => join(number(bytes.length, 2), bytes);
export const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

export function demand(condition, why) {
  if (!condition) throw new Error(why);
}

export const toBase64 = (bytes) => Buffer.from(bytes).toString('base64');

export function fromBase64(text, length) {
  demand(typeof text === 'string', 'no text');
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  demand(toBase64(bytes) === text, 'not strict base64');
  demand(length === undefined || bytes.length === length, 'wrong length');
  return bytes;
}

export function only(object, members, optional = []) {
  demand(object !== null && typeof object === 'object' && !Array.isArray(object), 'no object');
  const names = Object.keys(object).filter((name) => !optional.includes(name));
  demand(equal(names.sort(), [...members].sort()), 'missing or unknown member');
}

export const whole = (value, from, to) =>
  demand(Number.isInteger(value) && value >= from && value <= to, 'number out of range');

// Sealed boxes: libsodium's crypto_box_seal.
function boxKey(privateKey, publicKey) {
  const words = (bytes) => new Uint32Array(Uint8Array.from(bytes).buffer);
  const out = new Uint32Array(8);
  const shared = x25519.getSharedSecret(privateKey, publicKey);
  hsalsa(words(utf8('expand 32-byte k')), words(shared), new Uint32Array(4), out);
  return new Uint8Array(out.buffer);
}

const boxNonce = (ephemeral, recipient) => blake2b(join(ephemeral, recipient), { dkLen: 24 });

export function openBox(box, recipient, privateKey) {
  const ephemeral = box.slice(0, 32);
  return xsalsa20poly1305(boxKey(privateKey, ephemeral), boxNonce(ephemeral, recipient))
    .decrypt(box.slice(32));
}

export function sealBox(message, recipient, random) {
  const privateKey = random(32);
  const ephemeral = x25519.getPublicKey(privateKey);
  const sealed = xsalsa20poly1305(boxKey(privateKey, recipient), boxNonce(ephemeral, recipient))
    .encrypt(message);
  return join(ephemeral, sealed);
}

export const subkey = (key, which, context = 'hftoken1') =>
  blake2b(new Uint8Array(0), {
    dkLen: 32,
    key,
    salt: join(number(which, 8), new Uint8Array(8)),
    personalization: join(utf8(context), new Uint8Array(8)),
  });

const slotContext = (user, name, id, recipient) =>
  blake2b(join(utf8('hf-token/1 slot\0'), lp(utf8(user)), lp(utf8(name)), id, recipient), { dkLen: 32 });

const tokenData = (user, token, id, commitment) =>
  join(utf8('hf-token/1 token\0'), lp(utf8(user)), lp(utf8(token.name)), id,
    number(token.created, 8), number(token.expires, 8), commitment);

function pad(bytes) {
  const padded = new Uint8Array((Math.floor(bytes.length / 256) + 1) * 256);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  return padded;
}

function unpad(bytes) {
  const end = bytes.lastIndexOf(0x80);
  demand(end >= 0 && bytes.length - end <= 256, 'bad padding');
  demand(bytes.slice(end + 1).every((byte) => byte === 0), 'bad padding');
  return bytes.slice(0, end);
}

function takeParts(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length;) {
    demand(bytes.length - at >= 2, 'cut off');
    const length = bytes[at] | (bytes[at + 1] << 8);
    demand(length <= bytes.length - at - 2, 'cut off');
    parts.push(Buffer.from(bytes.slice(at + 2, at + 2 + length)).toString('latin1'));
    at += 2 + length;
  }
  demand(parts.length === 2, 'not two parts');
  demand(/^[\x21-\x7e]{1,8192}$/.test(parts[0]), 'no token');
  demand(/^[\x20-\x7e]{0,8704}$/.test(parts[1]), 'no grant');
  return parts;
}

const NOT_SHOWN = new RegExp('[\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f'
  + '\\ufeff\\ufff0-\\uffff\\u{e0000}-\\u{e0fff}]', 'u');

function shown(value, most) {
  demand(typeof value === 'string' && utf8(value).length <= most, 'no text, or too long');
  demand(!NOT_SHOWN.test(value), 'a character that is not shown');
}

// What the Hub said of a token.
function checkHub(hub) {
  const texts = ['account', 'kind', 'role', 'display_name'];
  only(hub, ['checked', 'endpoint', ...texts, 'created', 'expires', 'organisations']);
  whole(hub.checked, 1, NUMBER_MAX);
  whole(hub.created, 0, NUMBER_MAX);
  whole(hub.expires, 0, NUMBER_MAX);
  shown(hub.endpoint, 255);
  demand(/^https?:\/\/[A-Za-z0-9._~:\/[\]-]+$/.test(hub.endpoint), 'no address of a Hub');
  texts.forEach((name) => shown(hub[name], 128));
  demand(Array.isArray(hub.organisations) && hub.organisations.length <= 16, 'organisations');
  hub.organisations.forEach((name) => shown(name, 128));
}

// From when until when something published holds.
export function checkDates({ issued, until }) {
  whole(issued, 1, NUMBER_MAX);
  whole(until, issued, NUMBER_MAX);
}

// A document's structure, for this user.
export function parseDocument(text, user) {
  const document = JSON.parse(text);
  demand(document.version === 1, 'unknown version');
  demand(document.user === user, 'of another user');
  only(document, ['version', 'user', 'generation', 'default', 'tokens'], ['issued', 'until']);
  whole(document.generation, 0, NUMBER_MAX);
  if ('issued' in document || 'until' in document) checkDates(document);
  demand(document.tokens.length <= 16, 'too many tokens');
  const names = document.tokens.map((token) => token.name);
  demand(new Set(names).size === names.length, 'a name twice');
  demand(names.length ? names.includes(document.default) : document.default === '', 'no such default');
  for (const token of document.tokens) {
    only(token, ['name', 'id', 'created', 'expires', 'commitment', 'nonce', 'sealed', 'slots'], ['grant', 'mark', 'hub']);
    if ('grant' in token) demand(token.grant === true, 'grant is not true');
    if ('mark' in token) fromBase64(token.mark, 16);
    if ('hub' in token) checkHub(token.hub);
    demand(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(token.name), 'no name');
    whole(token.created, 0, NUMBER_MAX);
    whole(token.expires, 0, NUMBER_MAX);
    demand(token.slots.length >= 1 && token.slots.length <= 8, 'slots');
    const length = fromBase64(token.sealed).length;
    demand(length >= 272 && length <= 17168 && length % 256 === 16, 'no padded length');
    for (const slot of token.slots) {
      only(slot, ['kind', 'recipient', 'sealed']);
      demand(['host', 'pool', 'user'].includes(slot.kind), 'no kind');
    }
  }
  return document;
}

// One token through one of its slots: [token, grant].
export function openToken(user, token, slot, pairs) {
  const recipient = fromBase64(slot.recipient, 32);
  const pair = pairs.find((each) => equal(each.publicKey, recipient));
  demand(pair !== undefined, 'for nobody here');
  const id = fromBase64(token.id, 16);
  const commitment = fromBase64(token.commitment, 32);
  const message = openBox(fromBase64(slot.sealed, 112), recipient, pair.privateKey);
  demand(equal(message.slice(32), slotContext(user, token.name, id, recipient)), 'bound to something else');
  const key = message.slice(0, 32);
  demand(equal(subkey(key, 2), commitment), 'committed to another key');
  const data = tokenData(user, token, id, commitment);
  const plain = xchacha20poly1305(subkey(key, 1), fromBase64(token.nonce, 24), data)
    .decrypt(fromBase64(token.sealed));
  return takeParts(unpad(plain));
}

export function sealToken(user, { name, token, grant, created, expires, hub }, recipients, random) {
  const key = random(32), id = random(16), nonce = random(24);
  const commitment = subkey(key, 2);
  const data = tokenData(user, { name, created, expires }, id, commitment);
  const plain = pad(join(lp(utf8(token)), lp(utf8(grant))));
  return {
    name, id: toBase64(id), created, expires,
    commitment: toBase64(commitment), nonce: toBase64(nonce),
    sealed: toBase64(xchacha20poly1305(subkey(key, 1), nonce, data).encrypt(plain)),
    slots: recipients.map(({ kind, publicKey }) => ({
      kind,
      recipient: toBase64(publicKey),
      sealed: toBase64(sealBox(join(key, slotContext(user, name, id, publicKey)), publicKey, random)),
    })),
    ...(grant && { grant: true }),
    ...(hub && { hub }),
  };
}

const hashed = new Map();

// Argon2id takes seconds here; vectors share their costs.
export function hashPassword(password, salt, memory, passes) {
  const name = [password, toBase64(salt), memory, passes].join(' ');
  if (!hashed.has(name))
    hashed.set(name, argon2id(utf8(password), salt, { t: passes, m: memory, p: 1, dkLen: 32 }));
  return hashed.get(name);
}

const identityData = (user, publicKey, memory, passes, salt) =>
  join(utf8('hf-token/1 identity\0'), lp(utf8(user)), publicKey, number(memory, 4), number(passes, 4), salt);

// The private key.
export function openIdentity(text, user, password) {
  const identity = JSON.parse(text);
  demand(identity.version === 1, 'unknown version');
  demand(identity.user === user, 'of another user');
  only(identity, ['version', 'user', 'public', 'memory', 'passes', 'salt', 'nonce', 'wrapped']);
  whole(identity.memory, 19456, 262144);
  whole(identity.passes, 1, 8);
  const publicKey = fromBase64(identity.public, 32), salt = fromBase64(identity.salt, 16);
  const key = hashPassword(password, salt, identity.memory, identity.passes);
  const data = identityData(user, publicKey, identity.memory, identity.passes, salt);
  const privateKey = xchacha20poly1305(key, fromBase64(identity.nonce, 24), data)
    .decrypt(fromBase64(identity.wrapped, 48));
  demand(equal(x25519.getPublicKey(privateKey), publicKey), 'of another public key');
  return privateKey;
}

export function sealIdentity(user, privateKey, password, memory, passes, random) {
  const publicKey = x25519.getPublicKey(privateKey), salt = random(16), nonce = random(24);
  const key = hashPassword(password, salt, memory, passes);
  const data = identityData(user, publicKey, memory, passes, salt);
  return JSON.stringify({
    version: 1, user, public: toBase64(publicKey), memory, passes, salt: toBase64(salt),
    nonce: toBase64(nonce), wrapped: toBase64(xchacha20poly1305(key, nonce, data).encrypt(privateKey)),
  });
}

export const pairOf = (privateKey) => ({ privateKey, publicKey: x25519.getPublicKey(privateKey) });
