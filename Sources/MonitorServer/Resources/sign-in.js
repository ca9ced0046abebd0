// Signing in: with a link that opens the page once, a password, or the token.

import { get, has, send } from "./api.js";
import { byId, make } from "./dom.js";

/// Waits until the service answers whoever is at this page.
export async function signIn() {
  const link = /^#\/link\/([\w-]+)$/.exec(location.hash)?.[1];
  if (link) history.replaceState(null, "", "#/live");
  if (!has("GET /v1/session")) return;
  let session;
  try {
    session = await get("v1/session");
  } catch {
    return; // The page itself says that nobody answers.
  }
  if (!session.signed_in) session = await begin(session, link);
  window.addEventListener("signed-out", () => location.reload(), { once: true });
  const signOut = byId("sign-out");
  signOut.hidden = session.expires === null;
  signOut.addEventListener("click", async () => {
    await send("DELETE", "v1/session").catch(() => {});
    location.reload();
  });
}

async function begin(session, link) {
  let problem = "";
  if (link) {
    try {
      return await send("POST", "v1/session", { link });
    } catch (error) {
      problem = error.message;
    }
  }
  document.body.classList.add("signed-out");
  const begun = await ask(session.accepts, problem);
  document.body.classList.remove("signed-out");
  return begun;
}

/// Shows the form until a password is right.
function ask(accepts, problem) {
  return new Promise((done) => {
    const failed = make("p", { class: "problem", role: "alert" }, problem);
    const head = make("h1", {}, "Sign in");
    const hint = "Or run “earwitness web link” on the machine that listens, and open what it prints.";
    if (accepts.length === 0) {
      byId("view").replaceChildren(make("section", { class: "panel sign-in" }, head, failed,
        make("p", {}, "No password is set. On the machine that listens, “earwitness web link” prints a link " +
          "that opens this page, and “earwitness web password” sets a password.")));
      return;
    }
    const name = accepts.includes("password") ? "Password" : "Token";
    const field = make("input", {
      type: "password", id: "password", autocomplete: "current-password", required: true,
    });
    // What keeps passwords wants to know whose it is.
    const user = make("input", { type: "text", autocomplete: "username", value: "earwitness", hidden: true });
    const act = make("button", { type: "submit", class: "main" }, "Sign in");
    const submit = async (event) => {
      event.preventDefault();
      act.disabled = true;
      try {
        done(await send("POST", "v1/session", { secret: field.value }));
      } catch (error) {
        failed.textContent = error.message;
        act.disabled = false;
        field.select();
      }
    };
    byId("view").replaceChildren(make("form", { class: "panel sign-in", on: { submit } }, head, failed,
      user, make("label", { class: "field" }, name, field), act, make("p", { class: "soft" }, hint)));
    field.focus();
  });
}
