// Only browsers without modules run this (IE, old kernels): use only syntax of 2009.
window.location.replace('/old-browser.html')
