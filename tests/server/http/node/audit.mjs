// Runs the audits of the GraphQL-over-HTTP specification against a URL and prints what is not ok, then how many are.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
const failed = results.filter(({ status }) => status !== "ok");
for (const { id, status, name, reason } of failed) console.log(status, id, name, reason);
console.log(`${results.length - failed.length} of ${results.length}`);
process.exit(failed.length ? 1 : 0);
