/* Requests to our own endpoint, by fetch; shared by GraphiQL and the pages of links. */
"use strict";

const ENDPOINT = "/graphql";
const CLIENT_HEADER = "X-OmaPosti-Client"; // without this header the session cookie is refused

/** Posts an operation and returns the whole answer; throws an Error with advice when none comes. */
async function post(operation, furtherHeaders = {}) {
  const headers = new Headers({ "Content-Type": "application/json", [CLIENT_HEADER]: "developer-pages" });
  Object.entries(furtherHeaders).forEach(([name, value]) => headers.set(name, value));
  const response = await fetch(ENDPOINT, { method: "POST", headers, body: JSON.stringify(operation) })
    .catch(() => { throw new Error("The server does not answer. Start it, then try again."); });
  return response.json()
    .catch(() => { throw new Error(`The server answered with status ${response.status} and no JSON. See its log.`); });
}
