// One sheet: markup with slots, a picture and a table; it tells what was clicked or changed.

// The table under a picture is made when it is opened: most are never looked at.
function tableOf([header, ...rows], caption) {
  const make = (name, attributes = {}, ...children) => {
    const node = document.createElement(name)
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
    node.append(...children)
    return node
  }
  const head = header.map((words, i) => make("th", {scope: "col", ...(i ? {class: "figure"} : {})}, words))
  const body = rows.map(([first, ...rest]) => make("tr", {}, make("th", {scope: "row"}, first),
    ...rest.map((cell, i) => make("td", {class: "figure", "data-column": header[i + 1]}, cell))))
  return make("div", {class: "scroll"}, make("table", {class: "stacks"},
    make("caption", {class: "hidden"}, caption), make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body)))
}

function sheet(paper, key) {
  const box = document.createElement("div")
  const opened = new Set()
  const now = {html: "", slots: {}, drawing: null, table: []}
  const picture = pictured()
  let typing = 0, shown = false

  const send = (message) => paper.send({part: key, ...message}, box)
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
    const next = same ?? box.querySelector("[data-land]") ?? opener(mainOf(box), lands[0])
    next?.focus({preventScroll: Boolean(same)})
  }
  const showTable = () => {
    const twin = box.querySelector("details[data-table]")
    if (!twin) return
    twin.rows = now.table // for whoever reads the page without opening it
    const place = twin.querySelector("[data-rows]")
    place.replaceChildren(...(twin.open && now.table.length ? [tableOf(now.table, twin.dataset.table)] : []))
  }
  const fill = (slots) => {
    for (const [name, said] of Object.entries(slots)) {
      const place = box.querySelector(`[data-slot="${CSS.escape(name)}"]`)
      if (place) lay(place, cleaned(said))
    }
  }
  const write = (told) => {
    if ("html" in told) {
      lay(box, cleaned(now.html))
      fill(now.slots)
      picture.placeIn(box.querySelector("[data-picture]"))
      showViews(box)
      showOffer(box)
    } else fill(told.slots)
  }
  const show = (told) => {
    remember()
    const root = box.getRootNode()
    const focused = box.contains(root.activeElement) ? root.activeElement.id : ""
    const lands = new Set([...box.querySelectorAll("[data-land]")].map((node) => node.dataset.land))
    write(told)
    for (const id of opened) {
      const node = box.querySelector(`#${CSS.escape(id)}`)
      if (node?.matches("details")) node.open = true
      else if (node) toggle(node, true)
    }
    const land = [...box.querySelectorAll("[data-land]")].find((node) => !lands.has(node.dataset.land))
    if (shown && land) land.focus()
    else if (focused && root.activeElement?.id !== focused) keepFocus(focused, [...lands])
    shown = true
  }
  const update = (told) => {
    Object.assign(now, told, {slots: {...now.slots, ...told.slots}})
    if ("look" in told) box.className = `sheet ${told.look}`.trim()
    if ("visible" in told) box.hidden = !told.visible
    if ("html" in told || told.slots) show(told)
    if ("table" in told || "html" in told) showTable()
    if ("drawing" in told || "table" in told) picture.tell(now.drawing, now.table)
  }

  box.addEventListener("toggle", ({target}) => { if (target.dataset.table !== undefined) showTable() }, true)
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
  const remove = () => {
    document.removeEventListener("pointerdown", away)
    picture.drop()
    box.remove()
  }
  return {box, update, remove, picture}
}
