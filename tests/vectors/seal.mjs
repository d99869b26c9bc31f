// Seals documents and identities for the C implementation to open: node seal.mjs [SEED] > FILE
import { shake256 } from '@noble/hashes/sha3';
import { makeSigned, markOf, pathOf, sealPool, signerOf, signingSeed } from './fleet.mjs';
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

// What an administrator publishes: members in another order, and as little white space as may be.
function fleet() {
  const [identity, host, pool] = Array.from({ length: 3 }, () => pairOf(random(32)));
  const seed = signingSeed(identity.privateKey), other = random(32);
  const shown = ({ privateKey, publicKey }) => ({ private: toBase64(privateKey), public: toBase64(publicKey) });
  const dates = { until: 999999999999999, issued: 1 };
  const sealed = sealPool(pool, host.publicKey, random);
  const payloads = {
    document: JSON.stringify({
      tokens: [{
        mark: toBase64(random(16)),
        ...sealToken('alice', { name: 'main', token: 'hf_TESTnoble', grant: '', created: 1, expires: 0 },
          to('pool'), random),
      }],
      default: 'main', ...dates, generation: 1, user: 'alice', version: 1,
    }),
    keys: JSON.stringify({
      pools: [{ sealed, public: toBase64(pool.publicKey), name: 'x'.repeat(64) }],
      ...dates, generation: 999999999999999, host: toBase64(host.publicKey), version: 1,
    }),
    head: JSON.stringify({ ...dates, generation: 1, version: 1 }),
  };
  const mark = (user, name, expires, token, ...recipients) => {
    const of = { user, name, expires, token, recipients: recipients.map((each) => toBase64(each.publicKey)) };
    return { ...of, mark: markOf(identity.privateKey, of) };
  };
  return {
    identity: shown(identity), host: shown(host),
    signing: { seed: toBase64(seed), public: signerOf(seed) },
    objects: Object.entries(payloads)
      .map(([kind, payload]) => ({ comment: kind, kind, text: makeSigned(kind, payload, seed) })),
    refused: [
      { comment: 'by another key', kind: 'head', text: makeSigned('head', payloads.head, other) },
      { comment: 'of another kind', kind: 'head', text: makeSigned('keys', payloads.head, seed) },
      {
        comment: 'of another kind, renamed', kind: 'head',
        text: makeSigned('keys', payloads.head, seed).replace(' keys ', ' head '),
      },
    ],
    pools: [{ comment: 'for a machine', public: toBase64(pool.publicKey), host: shown(host), sealed }],
    refused_pools: [{ comment: 'for another', public: toBase64(pool.publicKey), host: shown(identity), sealed }],
    marks: [
      mark('zoë', 'main', 0, 'hf_TESTnoble', pool), mark('a', 'b', 999999999999999, '!', host, pool, identity),
    ],
    paths: ['zoë', 'a%20b', '🐎', 'x.y'].map((user) => ({ user, path: pathOf(user) })),
  };
}

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
  fleet: fleet(),
}, null, 2));
