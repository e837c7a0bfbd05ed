import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './frame/router'
import { useSession } from './session/store'
import { i18n, language, setLanguage } from './words'
import './look.css'

const app = createApp(App).use(createPinia()).use(i18n)
setLanguage(language.value)
await useSession().resume()
app.use(router).mount('#app')
