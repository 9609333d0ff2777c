/* After a form came back with errors, the reader starts at their summary. */

const summary = document.querySelector(".error-summary");
if (summary) summary.focus();
