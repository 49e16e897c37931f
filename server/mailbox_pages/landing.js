/* Puts the secret after the # into the operation that uses it, and links to GraphiQL with it; nothing is sent. */
"use strict";

const given = new URLSearchParams(location.hash.slice(1));
const variables = document.getElementById("variables");
const secret = given.get("token") ?? given.get("code") ?? "";
variables.textContent = variables.textContent.replace("FROM_THE_LINK", () => JSON.stringify(secret).slice(1, -1));
const operation = new URLSearchParams({
  query: document.getElementById("document").textContent,
  variables: variables.textContent,
});
// After the #, so that it is in no server's log.
document.getElementById("run").href = `/graphql#${operation}`;
