// Files that the server gave, and pictures painted as PNG.

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
