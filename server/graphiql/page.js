/* Mounts GraphiQL, and signs in and out by the same mutations that any page of ours uses. */
"use strict";

const ENDPOINT = "/graphql";
const CLIENT = { "X-OmaPosti-Client": "graphiql" }; // without this header the session cookie is refused

const SIGN_IN = "mutation SignIn($input: SignInInput!) { signIn(input: $input) { userErrors { message } } }";
const SIGN_OUT = "mutation SignOut { signOut { userErrors { message } } }";
const VIEWER = `query Viewer {
  me { displayName email staffRoles tasks { kind } memberships(first: 3) { totalCount nodes { role organization { name } } } }
}`;

const form = document.getElementById("sign-in");
const signOut = document.getElementById("sign-out");
const status = document.getElementById("viewer");

mountGraphiQL(document.getElementById("graphiql"));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  // The address and the password go by JSON only; the form itself never travels.
  const input = { ...Object.fromEntries(new FormData(form)), transport: "COOKIE" };
  act(async () => {
    await change(SIGN_IN, { input });
    if (!(await showViewer())) {
      throw new Error("The browser did not keep the session cookie. Open this page over https, or in Chromium or Firefox.");
    }
  });
});
signOut.addEventListener("click", () => act(async () => {
  await change(SIGN_OUT);
  await showViewer();
  form.elements.email.focus();
}));
act(showViewer);

function mountGraphiQL(place) {
  if (!window.GraphiQL) {
    place.firstElementChild.textContent = "GraphiQL did not load; run the set-up again, or look into the browser's console.";
    return;
  }
  const fetcher = GraphiQL.createFetcher({ url: ENDPOINT, headers: CLIENT, enableIncrementalDelivery: false });
  const examples = JSON.parse(document.getElementById("examples").textContent);
  const linked = linkedDocument();
  const defaultTabs = linked ? [linked, ...examples] : examples;
  const props = { fetcher, defaultTabs, defaultEditorToolsVisibility: "variables", ...linked };
  ReactDOM.createRoot(place).render(React.createElement(GraphiQL, props));
}

/** Returns the document that a link to this page carries; it is shown, and run only by hand. */
function linkedDocument() {
  const given = new URLSearchParams(location.hash.slice(1) || location.search); // after the # where it holds a secret
  return given.has("query") ? { query: given.get("query"), variables: given.get("variables") ?? "" } : null;
}

/** Does one thing at a time, and says so when it fails. */
async function act(deed) {
  const buttons = document.querySelectorAll(".bar button");
  buttons.forEach((button) => { button.disabled = true; });
  try {
    await deed();
  } catch (fault) {
    say([fault.message], true);
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

/** Runs a mutation with one field; throws what it was refused for. */
async function change(mutation, variables) {
  const { data } = await ask(mutation, variables);
  const refusals = Object.values(data).flatMap((payload) => payload.userErrors);
  if (refusals.length) throw new Error(refusals.map((refusal) => refusal.message).join(" "));
}

/** Says who one is, and returns whether one is anybody. */
async function showViewer() {
  const { data: { me } } = await ask(VIEWER);
  signOut.hidden = !me;
  if (me) say(["Signed in as ", strong(me.displayName), quiet(` ${me.email} · ${standing(me)}`)]);
  else say([quiet("Not signed in: you ask as anyone may.")]);
  return Boolean(me);
}

/** Returns the whole answer; throws when there is none, or when nothing was done for another reason than its rule. */
async function ask(query, variables) {
  const headers = { "Content-Type": "application/json", ...CLIENT };
  const answer = await fetch(ENDPOINT, { method: "POST", headers, body: JSON.stringify({ query, variables }) })
    .then((response) => response.json())
    .catch(() => { throw new Error("The server does not answer; start it, then reload this page."); });
  const fault = answer.errors?.find((error) => !["UNAUTHENTICATED", "TASK_OPEN"].includes(error.extensions?.code));
  if (fault) throw new Error(fault.message);
  return answer;
}

function standing({ staffRoles, tasks, memberships }) {
  if (tasks.length) return `first to do: ${tasks.map((task) => task.kind).join(", ")}`; // until then her roles are no good
  const { totalCount, nodes } = memberships;
  const named = staffRoles.map((role) => `staff ${role}`);
  named.push(...nodes.map(({ role, organization }) => `${role} of ${organization.name}`));
  if (totalCount > nodes.length) named.push(`${totalCount - nodes.length} more`);
  return named.join(", ") || "in no organization";
}

function say(parts, alarming = false) {
  status.replaceChildren(...parts);
  status.classList.toggle("alarm", alarming);
}

function strong(text) {
  return Object.assign(document.createElement("strong"), { textContent: text });
}

function quiet(text) {
  return Object.assign(document.createElement("span"), { className: "quiet", textContent: text });
}
