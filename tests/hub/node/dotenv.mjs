// A client that reads .env of the current folder by a loader, as many do: dotenv.mjs
import "dotenv/config";

console.log(JSON.stringify({ HF_TOKEN: process.env.HF_TOKEN, MODEL: process.env.MODEL }));
