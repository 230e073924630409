// The page's notebook has failed: show the server's sentence, and the reference that its log has.
const stopped = document.querySelector("script.maintplan-stopped");
if (stopped) {
  const app = document.getElementById("maintplan-app");
  const notice = document.getElementById("maintplan-stopped");
  app.dataset.stopped = "1";
  app.removeAttribute("aria-busy");
  app.querySelector(".mp-loading")?.remove();
  if (notice) {
    const { reference } = JSON.parse(stopped.textContent);
    const line = notice.querySelector("[data-reference]");
    if (reference) line.append(" ", reference);
    else line.remove();
    notice.hidden = false;
    (app.querySelector("main") ?? app).prepend(notice);
  }
}
