// Shows HTML that the server made and escaped; sends clicks and changes back. Makes no markup of its own.

const UNWANTED = "script,iframe,frame,object,embed,link,meta,base,form,style"
const BLANKS = /[\u0000-\u0020]/g // a browser ignores them inside "java script:"
const RUNS = /^(javascript|data|vbscript):/i
const WAIT = 300 // milliseconds before a person is told that the answer takes time
const AGAIN = 5000 // milliseconds between two questions whether the server is back
const SELDOM = 60000 // a page that loses its link each time must not load itself for ever
const RELOADED = "caselight.reloaded"
const SCHEME = "caselight-scheme" // a cookie, so that the server draws the pictures in the right colours at once
// Paper is light: a dark picture is turned round for it, and brightened until its paper is white.
const PRINTED = "invert(1) hue-rotate(180deg) brightness(1.13)"
const TYPING = 900 // a date field changes at every digit; wait until the person has finished

// The server escapes every string of the database. This is the second lock: nothing that could run is let in.
function cleaned(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  for (const node of template.content.querySelectorAll(UNWANTED)) node.remove()
  for (const node of template.content.querySelectorAll("*")) {
    for (const {name, value} of [...node.attributes]) {
      if (/^on/i.test(name) || RUNS.test(value.replace(BLANKS, ""))) node.removeAttribute(name)
    }
  }
  return template.content
}

const mainOf = (box) => {
  for (let root = box.getRootNode(); root.host; root = root.host.getRootNode()) {
    const main = root.host.getRootNode().querySelector("[role=main]")
    if (main) return main
  }
  return null
}

// Focusable only while it has the focus: the Tab key passes by all that a host with tabindex -1 holds.
function enter(main) {
  if (!main) return
  main.tabIndex = -1
  main.focus()
  main.addEventListener("blur", () => main.removeAttribute("tabindex"), {once: true})
}

// The visible link that opened a list, in whichever sheet of the page it stands.
function opener(root, name) {
  for (const node of root?.querySelectorAll("*") ?? []) {
    if (node.dataset?.list === name && node.checkVisibility()) return node
    const found = node.shadowRoot && opener(node.shadowRoot, name)
    if (found) return found
  }
  return null
}

function keep(blob, name) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60000)
}

// A drawing that is asked for as PNG: the browser draws it, twice as fine as it is large.
async function painted(drawing) {
  const picture = new Image()
  picture.src = URL.createObjectURL(drawing)
  await picture.decode()
  const canvas = document.createElement("canvas")
  canvas.width = 2 * picture.naturalWidth
  canvas.height = 2 * picture.naturalHeight
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height)
  URL.revokeObjectURL(picture.src)
  return new Promise((done) => canvas.toBlob(done, "image/png"))
}

async function save({name, mime, base64}) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const blob = new Blob([bytes], {type: mime})
  const paint = mime === "image/svg+xml" && name.endsWith(".png")
  keep(paint ? await painted(blob) : blob, name)
}

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

// Chromium lets what follows a flex column run into it where the column goes over the end of a sheet of paper.
// A layout that is hidden stays so: only what is laid out as flex now becomes a block, while it is printed.
const plain = new CSSStyleSheet()
plain.replaceSync("@media print { :host { display: block } }")
function layPlain(root, printing) {
  for (const node of root.querySelectorAll("*")) {
    const tree = node.shadowRoot
    if (!tree) continue
    const others = tree.adoptedStyleSheets.filter((sheet) => sheet !== plain)
    const flat = printing && getComputedStyle(node).display === "flex"
    if (flat || others.length < tree.adoptedStyleSheets.length) tree.adoptedStyleSheets = flat ? [...others, plain] : others
    layPlain(tree, printing)
  }
}

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

export function render({model}) {
  const box = document.createElement("div")
  const opened = new Set()
  let waiting = 0, typing = 0, shown = false

  const done = () => {
    clearTimeout(waiting)
    mainOf(box)?.removeAttribute("aria-busy")
    box.removeAttribute("aria-busy")
  }
  const send = (message) => {
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      mainOf(box)?.setAttribute("aria-busy", "true")
      box.setAttribute("aria-busy", "true")
    }, WAIT)
    model.send_msg(message)
  }

  const toggle = (button, open) => {
    const part = box.querySelector(`#${CSS.escape(button.dataset.toggle)}`)
    part?.classList.toggle("open", open)
    button.setAttribute("aria-expanded", String(open))
  }
  const remember = () => {
    for (const node of box.querySelectorAll("details[id], [data-toggle][id]")) {
      const open = node.open ?? node.getAttribute("aria-expanded") === "true"
      open ? opened.add(node.id) : opened.delete(node.id)
    }
  }
  // To the same control; where it is gone, to the heading of what it turned, or to what had opened that.
  const keepFocus = (id, lands) => {
    const same = box.querySelector(`#${CSS.escape(id)}`)
    const next = same ?? box.querySelector("[data-land]") ?? opener(mainOf(box)?.shadowRoot, lands[0])
    next?.focus({preventScroll: Boolean(same)})
  }
  const show = () => {
    remember()
    const focused = box.getRootNode().activeElement?.id
    const lands = new Set([...box.querySelectorAll("[data-land]")].map((node) => node.dataset.land))
    box.replaceChildren(cleaned(model.html))
    showViews(box)
    showOffer(box)
    for (const id of opened) {
      const node = box.querySelector(`#${CSS.escape(id)}`)
      if (node?.matches("details")) node.open = true
      else if (node) toggle(node, true)
    }
    const land = [...box.querySelectorAll("[data-land]")].find((node) => !lands.has(node.dataset.land))
    if (shown && land) land.focus()
    else if (focused) keepFocus(focused, [...lands])
    shown = true
    done()
  }

  box.addEventListener("click", (event) => {
    const target = event.target.closest("[data-do], [data-toggle], [data-copy], [data-skip]")
    if (!target) return
    if (target.matches("a") && (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) return
    if (target.matches("a")) event.preventDefault()
    if (target.dataset.toggle) toggle(target, target.getAttribute("aria-expanded") !== "true")
    else if ("skip" in target.dataset) enter(mainOf(box))
    else if ("copy" in target.dataset) {
      const tell = (words) => { box.querySelector(`#${CSS.escape(target.dataset.copy)}`).textContent = words }
      if (!navigator.clipboard) return tell("Copy the address from the browser's address line.")
      navigator.clipboard.writeText(location.href).then(
        () => tell("Copied."), () => tell("Copy the address from the browser's address line."))
    } else send({...target.dataset})
  })
  box.addEventListener("click", ({target}) => {
    const {view, forget, keep} = target.dataset ?? {}
    const say = (words) => { showViews(box); box.querySelector("#f-kept").textContent = words }
    if (view) {
      const menu = target.closest("details")
      menu.open = false
      menu.querySelector("summary").focus()
      send({do: "address", query: view})
    } else if ("continue" in target.dataset && isQuery(kept(LAST))) {
      for (const next of box.querySelectorAll("#f-force, #f-open")) if (next.checkVisibility()) next.focus()
      send({do: "address", query: kept(LAST)})
    } else if (keep) say(keepView(box, target))
    else if (forget !== undefined) {
      keepAs(VIEWS, savedViews(Infinity).filter((one) => one.name !== forget))
      say(`${forget} is deleted.`)
      box.querySelector("#f-name").focus()
    } else if (target.dataset.do === "reset") keepAs(LAST, null)
  })
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id === "f-name") box.querySelector("[data-keep]").click()
  })
  const changed = (target) => send({
    ...target.dataset, value: target.value, ...(target.type === "checkbox" ? {checked: target.checked} : {}),
  })
  box.addEventListener("change", ({target}) => {
    if (!target.dataset?.set) return
    if (target.type !== "date") return changed(target)
    clearTimeout(typing)
    typing = setTimeout(() => changed(target), TYPING)
  })
  // While a person types: only the parts that hold every word stay, and a status says how many they are.
  box.addEventListener("input", ({target}) => {
    if (!target.dataset?.find) return
    const wanted = target.value.toLowerCase().split(/\s+/).filter(Boolean)
    const parts = [...box.querySelectorAll("[data-part]")]
    for (const part of parts) part.hidden = !wanted.every((word) => part.textContent.toLowerCase().includes(word))
    for (const group of box.querySelectorAll("[data-parts]")) {
      group.hidden = !group.querySelector("[data-part]:not([hidden])")
    }
    const left = parts.filter((part) => !part.hidden).length
    const {find, all, none} = target.dataset
    box.querySelector(`#${CSS.escape(find)}`).textContent =
      left === parts.length ? all : left ? `${left} of ${all}` : none
  })
  box.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details.menu[open]")
    if (!menu) return
    menu.open = false
    menu.querySelector("summary")?.focus()
  })
  const away = (event) => {
    for (const menu of box.querySelectorAll("details.menu[open]")) {
      if (!event.composedPath().includes(menu)) menu.open = false
    }
  }
  document.addEventListener("pointerdown", away)

  // Only the sheet that carries an address keeps the address line, the title and the colour scheme.
  const keepAddress = () => {
    if (model.title) document.title = model.title
    if (!model.address || location.search === model.address) return
    history[box.dataset.began ? "pushState" : "replaceState"](null, "", model.address + location.hash)
    box.dataset.began = "yes"
  }
  const back = () => { if (model.address) send({do: "address", query: location.search}) }
  const dark = window.matchMedia("(prefers-color-scheme: dark)")
  const drawnDark = () => box.querySelector("[data-scheme]")?.dataset.scheme === "dark"
  const printed = () => document.documentElement.style.setProperty("--printed", drawnDark() ? PRINTED : "none")
  const scheme = () => {
    if (!model.address || window.matchMedia("print").matches) return // paper asks for light colours
    document.cookie = `${SCHEME}=${dark.matches ? "dark" : "light"}; SameSite=Strict; path=/`
    if (drawnDark() === dark.matches) return printed()
    document.documentElement.style.setProperty("--pictures", "hidden")
    send({do: "scheme", value: dark.matches ? "dark" : "light"})
  }
  const printing = ({type}) => { if (model.address) layPlain(document, type === "beforeprint") }
  window.addEventListener("beforeprint", printing)
  window.addEventListener("afterprint", printing)
  window.addEventListener("popstate", back)
  dark.addEventListener("change", scheme)

  model.on("html", show)
  model.on("address", keepAddress)
  model.on("title", keepAddress)
  model.on("msg:custom", (message) => {
    if (message.base64) return save(message)
    if (model.address) {
      document.documentElement.style.removeProperty("--pictures")
      printed()
    }
    done()
  })
  model.on("remove", () => {
    document.removeEventListener("pointerdown", away)
    window.removeEventListener("beforeprint", printing)
    window.removeEventListener("afterprint", printing)
    window.removeEventListener("popstate", back)
    dark.removeEventListener("change", scheme)
  })
  if (model.address) for (const one of window.Bokeh?.documents ?? []) one.on_event("connection_lost", sayLost)
  show()
  keepAddress()
  box.dataset.began = "yes"
  scheme()
  return box
}
