// Says on the page that a passkey did not answer: without this, it would be said in the console only.
document.addEventListener("allauth.error", (event) => {
  const alert = document.getElementById("passkey-error");
  if (!alert) return;
  alert.hidden = false;
  event.preventDefault();
});
