// Only browsers that know no modules run this (IE, old kernels): no word of it may be newer than 2009.
window.location.replace('/old-browser.html')
