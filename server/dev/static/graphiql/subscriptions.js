/* Runs a subscription over a WebSocket of its own, so that it belongs to the person signed in when it starts. */
"use strict";

const LAST_WORDS = 2000; // milliseconds in which the server says why it ended a subscription
const CLOSED = {
  1001: "The server is shutting down. Run the subscription again when it is back.",
  1006: "The connection broke, or the server refused it: see whether it runs, and its setting OMAPOSTI_ALLOWED_ORIGINS.",
  4401: "The session that this subscription ran in has ended. Sign in if you are not; then run it again.",
};

/** Returns an observable of the answers; its last one has the reason if the server ended it. */
function subscription(operation, headers) {
  return {
    subscribe(sink) {
      const listening = new Listening(operation, headers, sink);
      return { unsubscribe: () => listening.stop() };
    },
  };
}

class Listening {
  constructor(operation, headers, sink) {
    this.sink = sink;
    this.client = graphqlWs.createClient({
      url: new URL(ENDPOINT, location.href.replace(/^http/, "ws")).href,
      connectionParams: connectionParams(headers),
      retryAttempts: 0,
      lazyCloseTimeout: LAST_WORDS,
      on: { closed: (event) => this.end(event.code, event.reason) },
    });
    this.client.subscribe(operation, {
      next: (answer) => { this.last = answer; sink.next(answer); },
      error: (fault) => this.fail(fault),
      complete: () => {}, // the close that follows says why
    });
  }

  stop() {
    this.ended = true;
    this.client.terminate();
  }

  fail(fault) {
    if (fault instanceof CloseEvent || this.ended) return; // told by `closed`
    this.ended = true;
    if (Array.isArray(fault)) this.sink.next({ errors: fault }); // an answer to a document that cannot run
    else this.sink.next({ errors: [{ message: fault.message ?? CLOSED[1006] }] });
    this.sink.complete();
    this.client.dispose();
  }

  /** Keeps the last data in view, and adds the reason for the end. */
  end(code, reason) {
    if (this.ended) return;
    this.ended = true;
    if (code !== 1000) {
      const message = CLOSED[code] ?? (reason || `The connection closed with the code ${code}.`);
      this.sink.next({ ...this.last, errors: [{ message, extensions: { closeCode: code } }] });
      document.dispatchEvent(new Event("viewer-may-be-another"));
    }
    this.sink.complete();
  }
}

/** Returns the token of the tab "Headers", because a browser cannot send headers when it opens a socket. */
function connectionParams(headers = {}) {
  const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization")?.[1];
  return authorization === undefined ? undefined : { authorization };
}
