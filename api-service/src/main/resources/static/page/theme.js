// Runs before the first paint, so that a chosen theme does not flash. Everything else is in modules.
(() => {
  try {
    const theme = localStorage.getItem('renderfleet.theme');
    if (theme === 'light' || theme === 'dark') {
      document.documentElement.dataset.theme = theme;
    }
  } catch {
    // A browser that stores nothing uses the theme of its system.
  }
})();
