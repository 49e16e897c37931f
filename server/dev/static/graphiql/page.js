/* Mounts GraphiQL, with a fetcher for every kind of operation. */
"use strict";

const STACKED = matchMedia("(width < 760px)"); // as in page.css: the answer is below the editors

mountGraphiql(document.getElementById("graphiql"));

function mountGraphiql(place) {
  if (!window.GraphiQL || !window.graphqlWs) {
    place.firstElementChild.textContent = "GraphiQL did not load; run the set-up again, or look into the browser's console.";
    return;
  }
  const examples = JSON.parse(document.getElementById("examples").textContent);
  const linked = linkedDocument();
  const defaultTabs = linked ? [linked, ...examples] : examples;
  const props = { fetcher, defaultTabs, defaultEditorToolsVisibility: "variables", ...linked };
  ReactDOM.createRoot(place).render(React.createElement(GraphiQL, props));
  new MutationObserver(showDocumentationFromItsTop()).observe(place, { childList: true, subtree: true, characterData: true });
}

/** Returns the document in the link to this page; it is shown but not run. */
function linkedDocument() {
  const given = new URLSearchParams(location.hash.slice(1) || location.search); // after the # where it holds a secret
  return given.has("query") ? { query: given.get("query"), variables: given.get("variables") ?? "" } : null;
}

async function fetcher(operation, { headers, documentAST } = {}) {
  const kind = kindOf(documentAST, operation.operationName);
  if (kind && STACKED.matches) document.querySelector(".graphiql-response").scrollIntoView();
  if (kind === "subscription") return subscription(operation, headers);
  const answer = await post(operation, headers).catch(({ message }) => { throw { message }; }); // shown without a stack
  const signedOut = answer.errors?.some(({ extensions }) => extensions?.code === "UNAUTHENTICATED");
  if (kind === "mutation" || signedOut) document.dispatchEvent(new Event("viewer-may-be-another"));
  return answer;
}

/** Returns the kind of the operation; undefined for GraphiQL's own introspection. */
function kindOf(documentAST, operationName) {
  const operations = documentAST?.definitions.filter(({ kind }) => kind === "OperationDefinition") ?? [];
  return (operations.find(({ name }) => name?.value === operationName) ?? operations[0])?.operation;
}

/** Returns an observer that scrolls the documentation to its top when it shows another type or field. */
function showDocumentationFromItsTop() {
  let shown;
  return () => {
    const pane = document.querySelector(".graphiql-plugin");
    const title = pane?.querySelector(".graphiql-doc-explorer-title")?.textContent;
    if (title === shown) return;
    shown = title;
    if (pane) pane.scrollTop = 0;
  };
}
