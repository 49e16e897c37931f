/* The bar shows the signed-in person, and signs in and out by the mutations that a front end uses. */
"use strict";

const SIGN_IN = "mutation SignIn($input: SignInInput!) { signIn(input: $input) { userErrors { message } } }";
const SIGN_OUT = "mutation SignOut { signOut { userErrors { message } } }";
const VIEWER = `query Viewer {
  me { displayName email staffRoles tasks { kind } memberships(first: 3) { totalCount nodes { role organization { name } } } }
}`;
const NOT_KEPT = "The browser did not keep the session cookie. Open this page over https, or in Chromium or Firefox.";

const bar = document.querySelector(".bar");
const viewer = document.getElementById("viewer");
const panel = document.getElementById("sign-in-panel");
const form = document.getElementById("sign-in");
const fault = document.getElementById("sign-in-fault");
const openSignIn = document.getElementById("open-sign-in");
const signOut = document.getElementById("sign-out");
let latestLook = 0; // number of the newest question who is signed in; answers to older ones are dropped

panel.addEventListener("toggle", ({ newState }) => {
  openSignIn.setAttribute("aria-expanded", String(newState === "open"));
  if (newState === "open") form.elements.email.focus({ preventScroll: true });
  else fault.textContent = "";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  signIn(form.elements.email.value, form.elements.password.value);
});
document.getElementById("cast")?.addEventListener("click", ({ target, currentTarget }) => {
  const person = target.closest("button");
  if (person) signIn(person.dataset.email, currentTarget.dataset.password);
});
signOut.addEventListener("click", () => act(async () => {
  await change(SIGN_OUT);
  await showViewer();
  openSignIn.focus();
}, (message) => say([message], true)));
// Another tab, a mutation in the editor, or the server may have begun or ended a session.
document.addEventListener("visibilitychange", () => { if (!document.hidden) lookWhoIsThere(); });
document.addEventListener("viewer-may-be-another", lookWhoIsThere);
lookWhoIsThere();

function lookWhoIsThere() {
  showViewer().catch(({ message }) => say([message], true));
}

function signIn(email, password) {
  fault.textContent = "";
  act(async () => {
    await change(SIGN_IN, { input: { email, password, transport: "COOKIE" } });
    if (!(await showViewer())) throw new Error(NOT_KEPT);
    form.reset();
    panel.hidePopover();
  }, (message) => { fault.textContent = message; });
}

/** Runs one action at a time, and shows the message of a failure. */
async function act(action, failed) {
  const buttons = document.querySelectorAll(".bar button, #sign-in-panel button");
  buttons.forEach((button) => { button.disabled = true; });
  try {
    await action();
  } catch ({ message }) {
    failed(message);
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

/** Runs a mutation with one field; throws an Error with the messages of its user errors. */
async function change(query, variables) {
  const { data } = await ask(query, variables);
  const refusals = Object.values(data).flatMap((payload) => payload.userErrors);
  if (refusals.length) throw new Error(refusals.map(({ message }) => message).join(" "));
}

/** Shows the signed-in person, and returns whether there is one. */
async function showViewer() {
  const look = ++latestLook;
  const { data: { me } } = await ask(VIEWER);
  if (look === latestLook) {
    bar.classList.toggle("signed-in", Boolean(me));
    signOut.hidden = !me;
    openSignIn.textContent = me ? "Switch account" : "Sign in";
    if (me) say(["Signed in as ", strong(me.displayName), ` ${me.email} · ${standing(me)}`]);
    else say(["Not signed in"]);
  }
  return Boolean(me);
}

/** Returns the whole answer; throws an Error for all errors but UNAUTHENTICATED and TASK_OPEN. */
async function ask(query, variables) {
  const answer = await post({ query, variables });
  const error = answer.errors?.find(({ extensions }) => !["UNAUTHENTICATED", "TASK_OPEN"].includes(extensions?.code));
  if (error) throw new Error(error.message);
  return answer;
}

function standing({ staffRoles, tasks, memberships }) {
  if (tasks.length) return `first to do: ${tasks.map(({ kind }) => kind).join(", ")}`; // until then no role counts
  const { totalCount, nodes } = memberships;
  const named = staffRoles.map((role) => `staff ${role}`);
  named.push(...nodes.map(({ role, organization }) => `${role} of ${organization.name}`));
  if (totalCount > nodes.length) named.push(`${totalCount - nodes.length} more`);
  return named.join(", ") || "in no organization";
}

function say(parts, alarming = false) {
  viewer.replaceChildren(...parts);
  viewer.classList.toggle("alarm", alarming);
}

function strong(text) {
  return Object.assign(document.createElement("strong"), { textContent: text });
}
