// Saved views.

// Saved views and the last filters are kept by this browser alone; what it holds was typed by anybody.
const VIEWS = "caselight.views", LAST = "caselight.last"
const LONGEST_NAME = 40, LONGEST_QUERY = 2000
const kept = (key) => { try { return JSON.parse(localStorage.getItem(key)) } catch { return null } }
const keepAs = (key, value) => {
  try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify(value)) }
  catch { return false } // no room, or a browser that keeps nothing
  return true
}
const isQuery = (text) => typeof text === "string" && text.startsWith("?") && text.length <= LONGEST_QUERY
const savedViews = (most) => {
  const found = kept(VIEWS)
  return (Array.isArray(found) ? found : [])
    .filter((one) => typeof one?.name === "string" && one.name.trim() && isQuery(one.query))
    .map(({name, query}) => ({name: name.trim().slice(0, LONGEST_NAME), query})).slice(0, most)
}
// An address without filters is a new visit; the address line has been completed by then.
const cameBare = () => !new URL(performance.getEntriesByType("navigation")[0]?.name ?? location.href).search

function showViews(box) {
  const row = box.querySelector("[data-row]"), keep = box.querySelector("[data-keep]")
  if (!row || !keep) return
  const views = savedViews(Number(keep.dataset.most))
  for (const old of [...row.parentNode.children]) if (old !== row) old.remove()
  views.forEach(({name, query}, place) => {
    const made = row.cloneNode(true), [open, forget] = made.children
    made.hidden = false
    made.removeAttribute("data-row")
    open.id = `f-view-${place}`
    open.textContent = name
    open.dataset.view = query
    forget.dataset.forget = name
    forget.setAttribute("aria-label", `Delete ${name}`)
    row.parentNode.append(made)
  })
  box.querySelector("[data-none]").hidden = views.length > 0
}

function keepView(box, keep) {
  const name = box.querySelector("#f-name").value.trim().slice(0, LONGEST_NAME), most = Number(keep.dataset.most)
  const others = savedViews(most).filter((one) => one.name !== name)
  if (!name) return "Give the view a name."
  if (others.length >= most) return `At most ${most} views are kept: delete one first.`
  const views = [...others, {name, query: keep.dataset.keep}].sort((a, b) => a.name.localeCompare(b.name))
  if (!keepAs(VIEWS, views)) return "This browser does not keep views."
  box.querySelector("#f-name").value = ""
  return `Saved as ${name}.`
}

// Kept while filters are set; offered to a visit that brought none, never applied by itself.
function showOffer(box) {
  const offer = box.querySelector("[data-now]")
  if (!offer) return
  if (offer.dataset.now) keepAs(LAST, offer.dataset.now)
  const last = kept(LAST)
  offer.hidden = !(cameBare() && isQuery(last) && !offer.dataset.now)
}
