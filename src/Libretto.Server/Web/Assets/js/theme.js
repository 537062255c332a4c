// Runs before anything is shown: light or dark as chosen here before, else as the system is.
(function () {
  const chosen = localStorage.getItem("libretto.theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
})();
