// What is said when the link to the server is lost.

// Loads the page again when the server answers; its address holds page, filters and list. Where the answer is no
// health (another server's 404), or the link was lost twice in a minute, the person decides.
function reloadWhenBack(place) {
  const leave = (words) => { place.firstChild.textContent = `${words} Load the page again. ` }
  const reload = () => {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED)) < SELDOM) return leave("The connection was lost again.")
    sessionStorage.setItem(RELOADED, Date.now())
    location.reload()
  }
  setTimeout(() => fetch("health", {cache: "no-store"}).then(
    (answer) => answer.ok ? reload() : leave("The connection is lost."), () => reloadWhenBack(place)), AGAIN)
}

// The page's template has a place for these words; a notebook has none, and says it in its own way.
function sayLost() {
  const place = document.getElementById("lost")
  if (!place || place.firstChild) return
  place.append(document.getElementById("lost-words").content.cloneNode(true))
  place.querySelector("button").addEventListener("click", () => location.reload())
  reloadWhenBack(place)
}
