// What Gradio's components do not do by themselves: the source panel, the list of conversations, the examples.
// Each function gets a component's element and Gradio's `trigger`, and listens on the element, whose content changes.
"use strict";
window.plumbline = (() => {
  const beside = window.matchMedia("(min-width: 1200px)"); // as in style.css: the panel stands beside the answers
  let opener = null; // what the panel was opened from; focus goes back to it
  let busy = false;

  const chat = () => document.getElementById("chat");
  const drawerOpen = () => chat()?.hasAttribute("data-drawer") ?? false;
  const plain = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

  /* ---- the source panel */

  function openSource(link, byKeyboard) {
    const panel = document.getElementById("source");
    const frame = panel.querySelector("iframe");
    const address = new URL(link.href);
    panel.querySelector("#source-own").href = address.href;
    address.searchParams.set("panel", "1");
    frame.contentWindow.location.replace(address.href); // a page of the panel is no step in the browser's history
    panel.querySelector("#source-none").hidden = true;
    panel.querySelector("#source-page").hidden = false;
    chat().dataset.source = "";
    for (const each of document.querySelectorAll("[data-source][aria-current]")) each.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    opener = link;
    if (byKeyboard || !beside.matches) panel.querySelector("#source-close").focus({ preventScroll: true });
  }

  function closeSource() {
    const panel = document.getElementById("source");
    if (!panel || panel.querySelector("#source-page").hidden) return;
    panel.querySelector("#source-none").hidden = false;
    panel.querySelector("#source-page").hidden = true;
    delete chat().dataset.source;
    for (const each of document.querySelectorAll("[data-source][aria-current]")) each.removeAttribute("aria-current");
    if (opener && opener.isConnected) opener.focus();
  }

  const onEscape = (event) => {
    if (event.key !== "Escape") return;
    closeSource();
    openDrawer(false);
  };

  function panel(element) {
    element.addEventListener("click", (event) => {
      if (event.target.closest("#source-close")) closeSource();
    });
    const frame = element.querySelector("iframe");
    frame.addEventListener("load", () => {
      frame.contentDocument.addEventListener("keydown", onEscape);
      const quote = frame.contentDocument.getElementById("quote");
      if (quote && quote.getBoundingClientRect().bottom > frame.clientHeight) quote.scrollIntoView({ block: "center" });
    });
  }

  document.addEventListener("keydown", onEscape);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-source]");
    if (!link || !plain(event)) return;
    event.preventDefault();
    openSource(link, event.detail === 0);
  });

  /* ---- the list of conversations; a drawer where there is no room beside */

  function openDrawer(open) {
    const button = document.querySelector(".bar .menu");
    if (!button || drawerOpen() === open) return;
    chat().toggleAttribute("data-drawer", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) document.querySelector("#earlier a")?.focus();
    else button.focus();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest(".bar .menu")) openDrawer(!drawerOpen());
    else if (drawerOpen() && !event.target.closest("#left")) openDrawer(false);
    for (const menu of document.querySelectorAll("#earlier details[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  function conversations(element, trigger, [open, rename, remove]) {
    const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-current"] };
    new MutationObserver(() => show(element)).observe(element, watched);
    show(element); // a question may have been sent before this script was there
    element.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-open]");
      const button = event.target.closest("button");
      if (link && plain(event)) {
        event.preventDefault();
        closeSource();
        openDrawer(false);
        trigger(open, { id: link.dataset.open });
        window.scrollTo(0, 0);
      } else if (button?.dataset.rename) {
        renaming(button, (title) => trigger(rename, { id: button.dataset.rename, title }));
      } else if (button?.dataset.remove) {
        if (button.dataset.sure) trigger(remove, { id: button.dataset.remove });
        else {
          button.dataset.sure = "1";
          button.textContent = "Delete for good?";
        }
      }
    });
  }

  // The address follows the list's marked conversation, whatever changed it; while one is being renamed it stays.
  function show(element) {
    const nav = element.querySelector("nav");
    if (!nav || nav.querySelector("input")) return;
    const id = nav.querySelector("a[aria-current]")?.dataset.open ?? "";
    const address = id ? "/?c=" + encodeURIComponent(id) : "/";
    if (location.pathname + location.search !== address) history.pushState(null, "", address);
  }

  function renaming(button, rename) {
    const item = button.closest("li");
    const link = item.querySelector("a");
    const box = document.createElement("input");
    box.value = link.textContent;
    box.maxLength = 120;
    box.setAttribute("aria-label", "New title");
    let over = false; // taking the box away blurs it, which would end this a second time
    const done = (keep) => {
      if (over) return;
      over = true;
      box.replaceWith(link);
      link.focus();
      if (keep && box.value.trim() && box.value !== link.textContent) rename(box.value);
    };
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") done(true);
      if (event.key === "Escape") done(false);
    });
    box.addEventListener("blur", () => done(true));
    item.querySelector("details").open = false;
    link.replaceWith(box);
    box.select();
  }

  /* ---- questions and answers */

  function offers(element, trigger, [offer]) {
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-question]");
      if (button) trigger(offer, { question: button.dataset.question });
    });
  }

  function answers(element) {
    element.setAttribute("role", "log");
    element.setAttribute("aria-live", "polite");
    new MutationObserver(() => {
      const working = element.querySelector("[aria-busy]") !== null;
      if (working && !busy) element.scrollIntoView({ block: "start", behavior: "smooth" });
      busy = working;
    }).observe(element, { childList: true, subtree: true });
  }

  window.addEventListener("popstate", () => location.reload());

  /* ---- the corpus page */

  function documents(element, trigger, [choose]) {
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-choose]");
      if (!button) return;
      trigger(choose, { id: button.dataset.choose });
      document.getElementById("review").scrollIntoView({ block: "center", behavior: "smooth" });
      document.querySelector("#by input, #by textarea").focus({ preventScroll: true });
    });
  }

  return { panel, conversations, offers, answers, documents };
})();
