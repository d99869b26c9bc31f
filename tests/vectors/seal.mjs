// Seals documents and identities for the C implementation to open: node seal.mjs [SEED] > FILE
import { shake256 } from '@noble/hashes/sha3';
import { pairOf, sealIdentity, sealToken, toBase64 } from './format.mjs';

const stream = shake256.create({}).update(process.argv[2] ?? 'pam-hf-token test vectors of the second implementation');
const random = (length) => stream.xof(length);

const kinds = ['host', 'pool', 'user'];
const pairs = kinds.map((kind) => ({ kind, ...pairOf(random(32)) }));
const to = (...wanted) => pairs.filter((pair) => wanted.includes(pair.kind));

function document(comment, user, tokens) {
  const sealed = tokens.map(({ recipients, ...token }) => sealToken(user, token, recipients, random));
  return {
    comment, user,
    tokens: tokens.map(({ name, token, grant, hub }) => ({ name, token, grant, account: hub?.account ?? '' })),
    document: JSON.stringify({
      tokens: sealed, default: tokens.length ? tokens.at(-1).name : '', generation: 999999999999999, user, version: 1,
    }),
  };
}

const token = (name, text, grant, created, expires, recipients, hub) =>
  ({ name, token: text, grant, created, expires, recipients, hub });

const hub = {
  organisations: Array.from({ length: 16 }, (_, i) => 'ö'.repeat(i * 4)), expires: 999999999999999, created: 0,
  display_name: '🐎'.repeat(32), role: '', kind: 'org', account: 'zoë', endpoint: 'https://hub.test/'.padEnd(255, 'x'),
  checked: 1,
};

const identity = (comment, user, password, memory, passes) =>
  ({ comment, user, password, identity: sealIdentity(user, pairs[2].privateKey, password, memory, passes, random) });

console.log(JSON.stringify({
  keys: pairs.map(({ kind, privateKey, publicKey }) =>
    ({ kind, private: toBase64(privateKey), public: toBase64(publicKey) })),
  documents: [
    document('one token', 'alice', [token('main', 'hf_TESTnoble', '', 1790000000, 0, to('host'))]),
    document('several tokens', 'zoë', [
      token('A', 'hf_TEST'.repeat(1000), ' ~'.repeat(4352), 0, 999999999999999, to('host', 'pool', 'user'), hub),
      token('x'.repeat(64), 'x'.repeat(251), '', 1, 2, to('user')),
      token('b', 'x'.repeat(252), '', 1, 2, to('pool'))]),
    document('no token', 'alice', []),
  ],
  identities: [
    identity('what we write', 'alice', 'correct horse', 65536, 3),
    identity('the cheapest that is accepted', 'zoë', 'bättery 🐎', 19456, 1),
    identity('the longest password', 'alice', 'x'.repeat(511), 32768, 2),
  ],
}, null, 2));
