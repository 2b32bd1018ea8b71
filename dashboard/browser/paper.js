// The paper: parts that the server told of, and the one line on which messages go both ways.

function group(paper) {
  const box = document.createElement("div")
  const update = (told) => {
    if ("look" in told) box.className = told.look
    if (told.role) box.setAttribute("role", told.role)
    if ("visible" in told) box.hidden = !told.visible
    if (told.parts) {
      const wanted = told.parts.map((key) => paper.parts.get(key).box)
      for (const child of [...box.children]) if (!wanted.includes(child)) child.remove()
      wanted.forEach((child, i) => { if (box.children[i] !== child) box.insertBefore(child, box.children[i] ?? null) })
    }
  }
  return {box, update, remove: () => box.remove()}
}

function newPaper(place) {
  const parts = new Map(), about = {}, queue = []
  place.dataset.paper = ""
  let tell = null, number = -1, waiting = 0, busy = []

  const paper = {
    parts, about, place,
    get number() { return number },
    send(message, box) {
      clearTimeout(waiting)
      waiting = setTimeout(() => {
        busy = [box, place.querySelector("[role=main]")].filter(Boolean)
        for (const node of busy) node.setAttribute("aria-busy", "true")
      }, WAIT)
      tell ? tell(message) : queue.push(message)
    },
    // From now on messages go to the server; those that waited go first.
    linked(next) {
      tell = next
      place.dataset.linked = ""
      tell({do: "seen", n: number})
      for (const message of queue.splice(0)) tell(message)
    },
    done() {
      clearTimeout(waiting)
      for (const node of busy.splice(0)) node.removeAttribute("aria-busy")
    },
    draw() {
      for (const {picture} of parts.values()) if (picture?.waits) picture.show()
      paper.drawn()
    },
    // A whole tree, or what is new since the last message.
    apply(news) {
      number = news.n
      for (const [name, model] of Object.entries(news.prototypes ?? {})) prototypes.set(name, model)
      Object.assign(about, news.about)
      const told = Object.entries(news.parts ?? {})
      for (const [key, one] of told) {
        if (!parts.has(key)) parts.set(key, "parts" in one ? group(paper) : sheet(paper, key))
      }
      for (const [key, one] of told) parts.get(key).update(one)
      if (news.root) {
        for (const [key, part] of [...parts]) {
          if (key in news.parts) continue
          part.remove()
          parts.delete(key)
        }
        const root = parts.get(news.root).box
        if (root.parentNode !== place) place.replaceChildren(root)
      }
      if (news.file) save(news.file)
      if (news.done || news.root) paper.done()
      paper.told?.(news)
      paper.draw() // what came, and what was hidden till now
    },
    // Says that everything is drawn, for whoever waits for it.
    async drawn() {
      const what = number
      await Promise.all([...parts.values()].map(({picture}) => picture?.ready))
      requestAnimationFrame(() => {
        place.dataset.drawn = what
        document.dispatchEvent(new CustomEvent("caselight:drawn", {detail: paper}))
      })
    },
  }
  place.paper = paper // for whoever looks at a page from outside: its parts, their pictures and tables
  return paper
}

// A paper that is the whole page: it keeps the address line, the title and the colour scheme.
function keepPage(paper) {
  let began = false
  const dark = window.matchMedia("(prefers-color-scheme: dark)")
  const style = document.documentElement.style
  const drawnDark = () => paper.about.scheme === "dark"
  const printed = () => {
    const wanted = drawnDark() ? PRINTED : "none" // set anew, the same would still cost a look at every element
    if (style.getPropertyValue("--printed") !== wanted) style.setProperty("--printed", wanted)
  }
  const scheme = () => {
    if (window.matchMedia("print").matches) return // paper asks for light colours
    document.cookie = `${SCHEME}=${dark.matches ? "dark" : "light"}; SameSite=Strict; path=/`
    if (drawnDark() === dark.matches) return printed()
    style.setProperty("--pictures", "hidden")
    paper.send({do: "scheme", value: dark.matches ? "dark" : "light"})
  }
  paper.told = (news) => {
    const {address, title} = paper.about
    if (title) document.title = title
    if (address && location.search !== address) {
      history[began ? "pushState" : "replaceState"](null, "", address + location.hash)
    }
    began = true
    if (news.done) {
      style.removeProperty("--pictures")
      printed()
    }
  }
  window.addEventListener("popstate", () => paper.send({do: "address", query: location.search}))
  dark.addEventListener("change", scheme)
  return scheme
}

// Shows the page's own paper, before anything else has come.
function begin(place, tree) {
  const paper = newPaper(place)
  const scheme = keepPage(paper)
  paper.apply(tree)
  scheme()
  return paper
}

// The session's document has come: its channel is the line.
function link(paper) {
  for (const one of window.Bokeh?.documents ?? []) {
    const channel = one.roots().find((root) => "ask" in root.properties)
    if (!channel) continue
    let count = 0
    channel.properties.tell.change.connect(() => paper.apply(JSON.parse(channel.tell)))
    paper.linked((message) => channel.setv({ask: JSON.stringify({...message, count: String(count++)})}))
    one.on_event("connection_lost", sayLost)
    return
  }
  setTimeout(link, 5, paper)
}

// A paper in a cell of a notebook.
function cell({model}) {
  const place = document.createElement("div")
  place.className = "paper"
  const paper = newPaper(place)
  paper.apply(JSON.parse(model.tree))
  model.on("msg:custom", ({tell}) => paper.apply(JSON.parse(tell)))
  paper.linked((message) => model.send_msg({ask: JSON.stringify(message)}))
  requestAnimationFrame(() => paper.draw()) // a cell is in the page only after this
  return place
}
