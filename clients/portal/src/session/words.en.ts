import type { Same } from '@/words'
import type zh from './words'

export default {
  sign_in: 'Sign in', register: 'Register', forgot: 'Reset the password', wechat: 'WeChat sign-in', invitation: 'Accept an invitation', registration: 'Your registration',
  welcome: 'Welcome', slogan: 'Filing, verification and certificates of measuring instruments in one place',
  by_password: 'Password', by_sms: 'SMS code', by_wechat: 'WeChat',
  username: 'User name or phone', password: 'Password', phone: 'Phone', sms_code: 'SMS code', get_code: 'Send a code', code_sent: 'The code was sent', code_wait: 'Another code can be asked for in {n} seconds.', again_in: 'Again in {n} s',
  captcha: 'Picture code', captcha_hint: 'Type the characters of the picture', captcha_new: 'Another picture', wait: 'Too many tries: please wait {n} s.',
  to_wechat: 'Sign in with WeChat', to_wechat_text: 'Opens the QR code of WeChat; after you confirm on your phone you come back here. Bind WeChat first in “User settings → WeChat”.',
  uploaded: 'Uploaded: {name}', org_name: 'Organisation', credit_code: 'Unified social credit code', division: 'Area', address: 'Address', contact: 'Contact', license: 'Licence', license_upload: 'Upload a scan of the licence', letter: 'Authorisation letter', letter_upload: 'Upload the signed and sealed letter', letter_filled: 'Download it filled in', letter_blank: 'Download the template', letter_hint: 'Signed by the legal representative and sealed; a scan or a photo.',
  as_on_licence: 'Exactly as on the licence', division_hint: 'Down to the county', credit_fault: { length: '18 characters are needed', characters: 'It has a character that no code has (I, O, S, V, Z)', check: 'The check character does not fit: look for a typing slip' },
  user_type: 'Kind of user', identity: 'As', enterprise: 'Company / organisation', person: 'Person', only_applicants: 'Who uses instruments and has them verified registers as an applicant; other kinds are not accepted.', no_persons: 'Persons are not accepted; with a business licence please register as a company / organisation.',
  next: 'Next', have_account: 'I have an account', send_registration: 'Send the registration', new_username: 'User name', password_hint: 'At least 8 characters, none of the common ones', review_note: 'The metrology institution of your city or county reviews the registration; please ask it if in doubt.',
  registered: 'Your registration was sent', registered_text: 'You can begin when it is approved. See its state now, and bind WeChat to sign in with it later.', see_state: 'See its state, bind WeChat',
  new_password: 'New password', set_password: 'Set the password', password_set: 'The password was changed: please sign in', accept: 'Accept', invited: '{name}, you are invited to {home} (phone ending in {phone}). Choose a user name and a password.',
  is_rejected: 'Your registration was rejected', is_pending: 'Your registration is being reviewed', reason: 'Reason', status: 'State', correct: 'Correct it', send_again: 'Send it again', sent_again: 'Sent again: please wait for the review', keep_files: 'Papers that you do not upload again stay as they are.', delete_account: 'Delete the account', delete_sure: 'The account and its papers will be deleted for good. Delete?', deleted: 'The account was deleted', look_again: 'Look again',
  wechat_binding: 'WeChat', is_bound: 'WeChat is bound', not_bound: 'WeChat is not bound. Bind it to sign in by QR code and to be told of changes.', bind: 'Bind by QR code', unbind: 'Unbind', unbind_sure: 'You could not sign in with WeChat any more. Unbind?', unbound: 'WeChat was unbound', bound: 'WeChat is bound now', follow: 'Follow the official account for news: once bound here, its menu “绑定账号” binds by itself.', app: { website: 'website', official: 'official account', miniprogram: 'mini-program' },
  no_account: 'No account yet?',
} satisfies Same<typeof zh>
