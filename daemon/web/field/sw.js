// What the app is made of, kept under one version. VERSION and FILES stand before it, as the server has them. A newer version is
// fetched whole or not at all, and takes over once no page of the older one is open; then that one's goes.
const CACHE = `sems-field-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((f) => new Request(f, { cache: "reload" })))
    .catch(async (error) => {
      await caches.delete(CACHE);
      throw error;
    })));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names
    .filter((name) => name.startsWith("sems-field-") && name !== CACHE).map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || !url.pathname.startsWith("/field/"))
    return;
  event.respondWith(caches.open(CACHE).then((cache) => cache.match(url.pathname)).then((kept) => kept ?? fetch(event.request)));
});
