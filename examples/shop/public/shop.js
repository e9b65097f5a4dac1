// Shows changes as they happen, and moves through the history of an order. The pages also work without it.

let isOutdated = false;
let isLoading = false;

/** Loads the page until it is current. After a failure, it tries again. */
async function refresh() {
  isOutdated = true;
  if (isLoading) return;
  isLoading = true;
  while (isOutdated) {
    isOutdated = false;
    await load().catch(() => setTimeout(refresh, 1_000));
  }
  isLoading = false;
}

/** Loads the page once, and replaces its live elements. */
async function load() {
  const url = location.href;
  const response = await fetch(url);
  if (!response.ok) throw new Error(response.statusText);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (location.href !== url) return; // the slider was moved in the meantime, so the page is loaded again
  for (const element of document.querySelectorAll("[data-live]")) {
    const { max, value, innerHTML, childNodes } = page.getElementById(element.id);
    if (element.max) Object.assign(element, { max, value });
    else if (element.innerHTML !== innerHTML) element.replaceChildren(...childNodes);
  }
  const notice = document.getElementById("notice");
  if (notice) notice.hidden = notice.dataset.version === page.getElementById("notice").dataset.version;
}

document.getElementById("version")?.addEventListener("input", ({ target: { value, max } }) => {
  history.replaceState(null, "", value === max ? location.pathname : `?version=${value}`);
  refresh();
});

if (document.querySelector("[data-live]")) new EventSource("/live").onmessage = refresh;
if (location.pathname === "/operations") setInterval(refresh, 2_000); // the lag changes without events
