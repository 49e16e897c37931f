// The reference client, as a front end uses it: a query, a subscription that is left, and one whose session ends.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token] = process.argv.slice(2);
const closed = [];
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
  retryAttempts: 0,
  lazyCloseTimeout: 5000,
  on: { closed: ({ code }) => closed.push(code) },
});
const print = (value) => console.log(JSON.stringify(value));

for await (const result of client.iterate({ query: "{ me { email } }" })) print(result);
for await (const result of client.iterate({ query: "subscription { me { email } }" })) {
  print(result);
  break;
}
try {
  for await (const result of client.iterate({ query: "query { nothing }" })) print(result);
} catch (errors) {
  print(errors[0].extensions.code);
}
const ending = client.iterate({ query: "subscription { sessionEnded { __typename } }" });
const told = ending.next();
for await (const result of client.iterate({ query: "mutation { signOut { userErrors { code } } }" })) print(result);
print((await told).value);
await ending.next().catch(() => {});
while (!closed.length) await new Promise((resolve) => setTimeout(resolve, 50));
print(closed);
