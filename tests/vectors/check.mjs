// Opens the vectors that the C implementation made, and is refused by those that must not open: node check.mjs FILE
import { readFileSync } from 'node:fs';
import {
  markOf, openPool, openPublished, openSigned, parseHead, parseHostKeys, pathOf, signerOf, signingSeed,
} from './fleet.mjs';
import { fromBase64, hashPassword, openIdentity, openToken, pairOf, parseDocument, toBase64 } from './format.mjs';

const vectors = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const pairs = vectors.keys.map((key) => pairOf(fromBase64(key.private, 32)));
const tests = [];
const test = (name, run) => tests.push([name, run]);

function same(is, wanted) {
  if (is !== wanted) throw new Error('not what was sealed');
}

function refuses(run) {
  let opened = false;
  try {
    run();
    opened = true;
  } catch { /* as it must */ }
  if (opened) throw new Error('it opens');
}

test('public keys', () => vectors.keys.forEach((key, i) => same(toBase64(pairs[i].publicKey), key.public)));
test('argon2id', () => {
  const { password, salt, memory, passes, key } = vectors.argon2id;
  const hash = hashPassword(password, fromBase64(salt), memory, passes);
  same(toBase64(hash), key);
  same(Buffer.from(hash).toString('hex').replace(/^(.{8}).*(.{4})$/, '$1…$2'), 'dcc3ec3c…ced3');
});

for (const vector of vectors.documents)
  test(`opens: ${vector.comment}`, () => {
    const document = parseDocument(vector.document, vector.user);
    same(document.tokens.length, vector.tokens.length);
    for (const [i, token] of document.tokens.entries())
      for (const slot of token.slots) {
        const [text, grant] = openToken(vector.user, token, slot, pairs);
        same(token.name, vector.tokens[i].name);
        same(text, vector.tokens[i].token);
        same(grant, vector.tokens[i].grant);
        same(token.grant === true, grant !== '');
        same(token.hub?.account ?? '', vector.tokens[i].account);
      }
  });

for (const vector of vectors.refused)
  test(`refuses: ${vector.comment}`, () => refuses(() => {
    const [token] = parseDocument(vector.document, vector.user).tokens;
    openToken(vector.user, token, token.slots[0], pairs);
  }));

const user = vectors.keys.find((key) => key.kind === 'user');
for (const vector of vectors.identities)
  test(`opens: ${vector.comment}`, () =>
    same(toBase64(openIdentity(vector.identity, vector.user, vector.password)), user.private));
for (const vector of vectors.refused_identities)
  test(`refuses: ${vector.comment}`, () =>
    refuses(() => openIdentity(vector.identity, vector.user, vector.password)));

const { fleet } = vectors;
const pair = ({ private: key }) => pairOf(fromBase64(key, 32));
const identity = fromBase64(fleet.identity.private, 32), host = pair(fleet.host);
const signers = [fleet.signing.public];

test('signing key', () => {
  same(toBase64(signingSeed(identity)), fleet.signing.seed);
  same(signerOf(signingSeed(identity)), fleet.signing.public);
});
const readers = {
  document: (text) => openPublished(text, 'alice', signers, 1790000000),
  head: (text) => parseHead(openSigned('head', text, signers)),
  keys: (text) => parseHostKeys(openSigned('keys', text, signers), host.publicKey)
    .pools.map((pool) => openPool(fromBase64(pool.public, 32), host, pool.sealed)),
};
for (const { comment, kind, text } of fleet.objects) test(`published: ${comment}`, () => readers[kind](text));
for (const { comment, kind, text } of fleet.refused)
  test(`refuses: ${comment}`, () => refuses(() => openSigned(kind, text, signers)));
const open = (pool) => openPool(fromBase64(pool.public, 32), pair(pool.host), pool.sealed);
for (const pool of fleet.pools) test(`pool: ${pool.comment}`, () => open(pool));
for (const pool of fleet.refused_pools) test(`refuses: pool ${pool.comment}`, () => refuses(() => open(pool)));
for (const mark of fleet.marks) test(`mark: ${mark.user}`, () => same(markOf(identity, mark), mark.mark));
for (const { user: name, path } of fleet.paths) test(`path: ${path}`, () => same(pathOf(name), path));

console.log(`1..${tests.length}`);
tests.forEach(([name, run], i) => {
  try {
    run();
    console.log(`ok ${i + 1} - ${name}`);
  } catch (error) {
    console.log(`not ok ${i + 1} - ${name}: ${error.message}`);
    process.exitCode = 1;
  }
});
