import type { Same } from '@/words'
import type zh from './words'

export default {
  product: 'Measuring Instruments under Mandatory Verification',
  menu: 'Menu',
  open_menu: 'Open the menu',
  fold_menu: 'Fold the menu',
  user_menu: 'User settings',
  language: 'Language',
  home: 'Home',
  not_found: 'No such page',
  not_found_text: 'The address {path} does not exist. Nothing was lost.',
  no_permission: 'Your account may not open this page',
  no_permission_text: 'Your account may not open {path}. If your work needs it, ask your administrator for the role.',
  back_home: 'Back to the home page',
  sign_out: 'Sign out',
  messages: 'Messages',
  skip: 'Skip to the content',
  lost_title: 'Your session has ended: please sign in again',
  lost_text: 'What you typed is still on the page. After signing in, what you just did goes on by itself.',
  lost_leave: 'Give up and leave',
  broken: 'Something broke on this page',
  broken_text:
    'Drafts are kept in this browser. Please reload; should it happen again, tell the administrator what stands below.',
  reload: 'Reload',
} satisfies Same<typeof zh>
