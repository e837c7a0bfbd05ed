import { words } from '@/words'
export default words({ home: '首页' }, { home: 'Home' })
