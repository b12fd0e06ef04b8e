/** Secrets that a sentence in another language than English announces, and sentences that only look alike. */
import { cleanText } from '../../../src/lib/secrets/secret-text';

const KEY = 'Xk9dPq27Lm';

test.each([
  ...['Das Passwort lautet', 'Das Passwort ist', 'Kennwort:', 'Kennwort =', 'Der API-Schlüssel lautet', 'Geheimnis:'],
  ...['le mot de passe est', 'Mot de passe :', 'la clé secrète est', 'jeton :', 'la contraseña es', 'contraseña:'],
  ...['la clave secreta es', 'a senha é', 'Senha:', "la parola d'ordine è", 'het wachtwoord is', 'hasło to'],
  ...['lösenordet är', 'adgangskoden er', 'Passordet:', 'salasana on', 'heslo je', 'şifre:', 'lozinka je'],
  ...[
    'пароль: ',
    'Пароль —',
    'токен: ',
    '密码是',
    '密码：',
    '密碼為',
    'パスワードは',
    'トークン：',
    '비밀번호: ',
    '비밀번호는 ',
  ],
  ...['Das Passwort ', 'la contraseña ', '密码 '],
  ...['סיסמה: ', 'كلمة المرور: ', 'รหัสผ่านคือ', 'mật khẩu là', 'κωδικός: ', '口令 “', '密钥=', 'Das Passwort lautet «'],
])('%s', (announcement) => {
  for (const blank of ['', ' ']) {
    if (blank === '' && /\p{Script=Latin}$/u.test(announcement)) continue;
    const text = `${announcement}${blank}${KEY}`;
    expect(cleanText(text)).not.toContain(KEY);
    expect(cleanText(`x ${text} y`)).toContain(announcement.trim());
  }
});

test.each([
  'Das Passwort ist falsch',
  'le mot de passe est obligatoire (erreur 403)',
  'la contraseña no es correcta',
  'senha inválida para o usuário admin1',
  'пароль не задан, код 401',
  '密码错误 401',
  'パスワードが違います: reviews-v1',
  'Schlüssel: reviews-v2',
  'clave: reviews-v2',
  'ключ: productpage-v1-6b746f74dc-9stvs',
  // A part of a longer word, of a name with hyphens, of a path, and what is no sentence about a secret.
  'pod parole-service-6b746f74dc-9stvs',
  'spiffe://cluster.local/ns/senha2Api/sa/default',
  'cluster: outbound|8080|v1|senha-6b746f74dc-9stvs',
  'image: reg/paroles:sha-1A2b3c4d',
  'image: reg/parole:sha-1A2b3c4d',
  'pod heslop-service-6b746f74dc-9stvs',
  'pod secretory-6b746f74dc-9stvs',
  'winkel gesloten-6b746f74dc-9stvs',
  'uid: kubernetes://segredo-v2-6b746f74dc-9stvs.default',
  'The parole2Board x',
  '密码长度必须大于8位abc1',
  'Passwortänderung2FAEingabe',
  'パスワード変更v2Api',
  'секрет Istio1Gateway',
  '密钥 RSA2048',
  'Geheimnis HMAC-SHA256',
])('%s stays', (text) => {
  expect(cleanText(text)).toBe(text);
});

test.each(['private_key_id: ', 'private_key_id=', '"private_key_id": "', '{"private_key_id":"'])(
  '%s announces the id of a key that is secret beside it',
  (head) => {
    expect(cleanText(`${head}0123456789abcdef0123456789abcdef01234567"}`)).not.toContain('0123456789abcdef');
  },
);
