import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './frame/router'
import { Problem } from './api/problem'
import { keepHeadsAligned } from './parts/tables'
import { tell } from './parts/tell'
import { useSession } from './session/store'
import { i18n, keptLanguage, setLanguage } from './words'
import './look.css'

const app = createApp(App).use(createPinia()).use(i18n)
await setLanguage(keptLanguage()).catch(() => setLanguage('zh-CN')) // if the other language cannot load, use Chinese
// Also show refusals of requests that nobody waits for (reference data, a count).
window.addEventListener('unhandledrejection', (event) => {
  if (!(event.reason instanceof Problem)) return
  event.preventDefault()
  tell(event.reason)
})
keepHeadsAligned()
await useSession().resume()
app.use(router).mount('#app')
