// @huggingface/hub as its manual shows it, with the token that the environment has: hub.mjs WHAT [ARGUMENT]...
import { downloadFile, listFiles, listModels, uploadFile, whoAmI } from "@huggingface/hub";

const given = { accessToken: process.env.HF_TOKEN, hubUrl: process.env.HF_ENDPOINT };

async function all(rows, field) {
  const found = [];
  for await (const row of rows) found.push(row[field]);
  return found.sort();
}

const ways = {
  async whoami() {
    const who = await whoAmI(given);
    return { name: who.name, auth: who.auth };
  },
  models: (owner) => all(listModels({ ...given, search: { owner } }), "name"),
  files: (repo) => all(listFiles({ ...given, repo, recursive: true }), "path"),
  async download(repo, path) {
    return (await downloadFile({ ...given, repo, path }))?.text() ?? null;
  },
  async upload(repo, path, text) {
    const done = await uploadFile({ ...given, repo, file: { path, content: new Blob([text]) } });
    return done.commit.oid;
  },
};

const [what, ...words] = process.argv.slice(2);
try {
  console.log(JSON.stringify(await ways[what](...words)));
} catch (problem) {
  console.log(JSON.stringify({ status: problem.statusCode, message: problem.message }));
  process.exitCode = 1;
}
