// What is published, a second time, from hf-token-store(5) alone: on @noble's primitives as format.mjs.
import { ed25519 } from '@noble/curves/ed25519';
import { blake2b } from '@noble/hashes/blake2b';
import {
  NUMBER_MAX, checkDates, demand, equal, fromBase64, join, lp, number, only, openBox, pairOf, parseDocument, sealBox,
  subkey, toBase64, utf8, whole,
} from './format.mjs';

const LINE = /^hf-token-signed 1 (document|keys|head) ([A-Za-z0-9+/]{43}=) ([A-Za-z0-9+/]{86}==)\n/;

const signedBytes = (kind, payload) => join(utf8(`hf-token/1 signed ${kind}\0`), utf8(payload));

// The payload; signers are public keys in base64.
export function openSigned(kind, text, signers) {
  const [line, found, signer, signature] = LINE.exec(text) ?? [];
  demand(found === kind, 'not signed, or of another kind');
  demand(signers.includes(signer), 'by somebody else');
  const payload = text.slice(line.length);
  demand(ed25519.verify(fromBase64(signature, 64), signedBytes(kind, payload), fromBase64(signer, 32),
    { zip215: false }), 'not signed by that key');
  return payload;
}

export function makeSigned(kind, payload, seed) {
  const signature = ed25519.sign(signedBytes(kind, payload), seed);
  return `hf-token-signed 1 ${kind} ${toBase64(ed25519.getPublicKey(seed))} ${toBase64(signature)}\n${payload}`;
}

export const signingSeed = (identity) => subkey(identity, 1, 'hffleet1');
export const signerOf = (seed) => toBase64(ed25519.getPublicKey(seed));

export function markOf(identity, { user, name, expires, token, recipients }) {
  const keys = recipients.map((key) => fromBase64(key, 32));
  return toBase64(blake2b(
    join(utf8('hf-token/1 mark\0'), lp(utf8(user)), lp(utf8(name)), number(expires, 8), number(keys.length, 4), ...keys,
      utf8(token)),
    { dkLen: 16, key: subkey(identity, 2, 'hffleet1') }));
}

const poolContext = (pool, host) => blake2b(join(utf8('hf-token/1 pool\0'), pool, host), { dkLen: 32 });

// The pool's private key.
export function openPool(publicKey, host, sealed) {
  const message = openBox(fromBase64(sealed, 112), host.publicKey, host.privateKey);
  demand(equal(message.slice(32), poolContext(publicKey, host.publicKey)), 'of another pool or machine');
  const pool = pairOf(message.slice(0, 32));
  demand(equal(pool.publicKey, publicKey), 'of another public key');
  return pool.privateKey;
}

export const sealPool = (pool, host, random) =>
  toBase64(sealBox(join(pool.privateKey, poolContext(pool.publicKey, host)), host, random));

export function parseHead(text) {
  const head = JSON.parse(text);
  demand(head.version === 1, 'unknown version');
  only(head, ['version', 'generation', 'issued', 'until'], ['open']);
  whole(head.generation, 1, NUMBER_MAX);
  checkDates(head);
  if ('open' in head) demand(head.open === true, 'open is not true');
  return head;
}

export function parseHostKeys(text, host) {
  const keys = JSON.parse(text);
  demand(keys.version === 1, 'unknown version');
  demand(equal(fromBase64(keys.host, 32), host), 'of another machine');
  only(keys, ['version', 'host', 'generation', 'issued', 'until', 'pools']);
  whole(keys.generation, 1, NUMBER_MAX);
  checkDates(keys);
  demand(Array.isArray(keys.pools) && keys.pools.length <= 16, 'pools');
  for (const pool of keys.pools) {
    only(pool, ['name', 'public', 'sealed']);
    demand(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(pool.name), 'no name');
    fromBase64(pool.public, 32);
    fromBase64(pool.sealed, 112);
  }
  demand(new Set(keys.pools.map((pool) => pool.public)).size === keys.pools.length, 'a key twice');
  return keys;
}

// A published document opens for its user until its time is over.
export function openPublished(text, user, signers, now) {
  const document = parseDocument(openSigned('document', text, signers), user);
  checkDates(document);
  whole(document.generation, 1, NUMBER_MAX);
  demand(now < document.until, 'its time is over');
  return document;
}

export const pathOf = (user) =>
  `users/${[...utf8(user)].map((byte) => /[A-Za-z0-9._-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte)
    : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')}`;
