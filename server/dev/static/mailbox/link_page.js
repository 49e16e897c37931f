/* Runs the operation of a mailed link with the link's secret and the person's input, after the button is pressed. */
"use strict";

const form = document.getElementById("form");
const button = form.querySelector("button");
const outcome = document.getElementById("outcome");
const inLink = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const secretName = form.dataset.secret;

prepare();
addEventListener("hashchange", () => location.reload()); // another link, opened in the same tab
form.addEventListener("input", show);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

function prepare() {
  [...form.elements].filter(({ name }) => name && name in inLink).forEach((field) => { field.value = inLink[field.name]; });
  if (secretName && !inLink[secretName]) {
    button.disabled = true;
    tell("alarm", ["This address has lost its secret. Open the link in the message again."]);
  }
  show();
}

/** Shows the chosen fields, and the operation as the button would run it. */
function show() {
  const chosen = new FormData(form).get("choice");
  for (const fieldset of form.querySelectorAll("fieldset")) {
    fieldset.disabled = fieldset.hidden = chosen !== null && fieldset.dataset.choice !== chosen;
  }
  document.getElementById("variables").textContent = JSON.stringify(variables((field) => "•".repeat(field.value.length)), null, 2);
  showLinkToGraphiql();
}

/** Returns the variables without empty fields; `masked` is the text in place of a password. */
function variables(masked = (field) => field.value) {
  const fields = [...form.querySelectorAll("fieldset:not(:disabled) input")].filter((field) => field.value);
  const values = Object.fromEntries(fields.map((field) => [field.name, field.type === "password" ? masked(field) : field.value]));
  if (secretName) values[secretName] = inLink[secretName];
  return form.dataset.wrapped ? { input: values } : values;
}

function showLinkToGraphiql() {
  const link = document.getElementById("run");
  if (!link) return;
  const operation = { query: operationText(), variables: JSON.stringify(variables(() => undefined), null, 2) };
  link.href = `/graphql#${new URLSearchParams(operation)}`; // after the #, so that it is in no server's log
}

function operationText() {
  return document.getElementById("document").textContent;
}

async function submit() {
  clear();
  const empty = [...form.querySelectorAll("fieldset:not(:disabled) input")].filter((field) => !field.value);
  if (empty.length) {
    empty.forEach((field) => complain(field, "Fill this in first."));
    empty[0].focus();
    return;
  }
  button.disabled = true;
  try {
    showAnswer(await post({ query: operationText(), variables: variables() }));
  } catch (fault) {
    tell("alarm", [fault.message]);
  } finally {
    button.disabled = false;
  }
}

function clear() {
  outcome.replaceChildren();
  form.querySelectorAll("[aria-invalid]").forEach((field) => complain(field, ""));
}

function complain(field, message) {
  if (message) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  document.getElementById(`${field.name}-fault`).textContent = message;
}

function showAnswer(answer) {
  document.getElementById("answer").textContent = JSON.stringify(answer, null, 2);
  document.getElementById("answered").hidden = false;
  const [payload] = Object.values(answer.data ?? {});
  if (answer.errors) tell("alarm", answer.errors.map(advice));
  else if (payload === null) tell("alarm", [outcome.dataset.nothingFound]);
  else if (payload.userErrors?.length) showUserErrors(payload.userErrors);
  else showSuccess();
}

function advice({ message, extensions }) {
  if (extensions?.code !== "UNAUTHENTICATED") return message;
  return "Nobody is signed in. Sign in in this browser, for example in GraphiQL, come back here, and press the button again.";
}

/** Shows each message at its field, and the others below the form. */
function showUserErrors(userErrors) {
  const others = [];
  for (const { field, message } of userErrors) {
    const about = form.querySelector(`fieldset:not(:disabled) input[name="${CSS.escape(field?.at(-1) ?? "")}"]`);
    if (about) complain(about, message);
    else others.push(message);
  }
  if (others.length) tell("alarm", others);
  form.querySelector("[aria-invalid]")?.focus();
}

function showSuccess() {
  tell("success", [outcome.dataset.done]);
  form.hidden = Boolean(secretName); // the link is used up
}

function tell(kind, messages) {
  outcome.replaceChildren(...messages.map((text) => {
    return Object.assign(document.createElement("p"), { className: `told ${kind}`, textContent: text });
  }));
}
