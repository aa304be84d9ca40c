/** Emoji by shortcode: those that incident talk needs, a few hundred. Unknown shortcodes stay as typed. */

const TABLE = {
  Reactions: `
    +1 👍  thumbsup 👍  -1 👎  thumbsdown 👎  white_check_mark ✅  heavy_check_mark ✔️  eyes 👀  pushpin 📌
    round_pushpin 📍  tada 🎉  pray 🙏  raised_hands 🙌  clap 👏  ok_hand 👌  wave 👋  muscle 💪  point_up ☝️
    point_right 👉  point_left 👈  point_down 👇  handshake 🤝  crossed_fingers 🤞  v ✌️  raised_hand ✋
    100 💯  heart ❤️  fire 🔥  rocket 🚀  sparkles ✨  star ⭐  zap ⚡`,
  Faces: `
    grinning 😀  smiley 😃  smile 😄  grin 😁  laughing 😆  sweat_smile 😅  joy 😂  rofl 🤣
    slightly_smiling_face 🙂  upside_down_face 🙃  wink 😉  blush 😊  innocent 😇  heart_eyes 😍
    kissing_heart 😘  yum 😋  stuck_out_tongue 😛  thinking_face 🤔  neutral_face 😐  expressionless 😑
    no_mouth 😶  smirk 😏  unamused 😒  face_with_rolling_eyes 🙄  grimacing 😬  relieved 😌  pensive 😔
    sleepy 😪  sleeping 😴  mask 😷  nerd_face 🤓  sunglasses 😎  confused 😕  worried 😟
    slightly_frowning_face 🙁  open_mouth 😮  hushed 😯  astonished 😲  flushed 😳  fearful 😨  cold_sweat 😰
    disappointed 😞  sob 😭  cry 😢  scream 😱  persevere 😣  sweat 😓  weary 😩  tired_face 😫  triumph 😤
    rage 😡  angry 😠  exploding_head 🤯  partying_face 🥳  pleading_face 🥺  saluting_face 🫡  melting_face 🫠
    facepalm 🤦  shrug 🤷  robot_face 🤖  ghost 👻  skull 💀  see_no_evil 🙈  bow 🙇  mage 🧙  firefighter 🧑‍🚒
    technologist 🧑‍💻  busts_in_silhouette 👥  bust_in_silhouette 👤`,
  Signs: `
    red_circle 🔴  large_orange_circle 🟠  large_yellow_circle 🟡  large_green_circle 🟢
    large_blue_circle 🔵  large_purple_circle 🟣  large_brown_circle 🟤  black_circle ⚫  white_circle ⚪
    large_red_square 🟥  large_orange_square 🟧  large_yellow_square 🟨  large_green_square 🟩
    large_blue_square 🟦  large_purple_square 🟪  black_large_square ⬛  white_large_square ⬜
    small_red_triangle 🔺  small_red_triangle_down 🔻  large_blue_diamond 🔷  large_orange_diamond 🔶
    rotating_light 🚨  warning ⚠️  no_entry ⛔  no_entry_sign 🚫  octagonal_sign 🛑  x ❌
    negative_squared_cross_mark ❎  heavy_exclamation_mark ❗  exclamation ❗  grey_exclamation ❕
    question ❓  grey_question ❔  bangbang ‼️  interrobang ⁉️  information_source ℹ️  sos 🆘  new 🆕  ok 🆗
    up 🆙  cool 🆒  free 🆓  heavy_plus_sign ➕  heavy_minus_sign ➖  arrow_up ⬆️  arrow_down ⬇️
    arrow_left ⬅️  arrow_right ➡️  arrow_upper_right ↗️  arrow_lower_right ↘️
    leftwards_arrow_with_hook ↩️  arrows_counterclockwise 🔄  arrows_clockwise 🔃  rewind ⏪
    fast_forward ⏩  arrow_forward ▶️  double_vertical_bar ⏸️  black_square_for_stop ⏹️  record_button ⏺️
    repeat 🔁  recycle ♻️  infinity ♾️  one 1️⃣  two 2️⃣  three 3️⃣  four 4️⃣  five 5️⃣  six 6️⃣
    seven 7️⃣  eight 8️⃣  nine 9️⃣  keycap_ten 🔟  zero 0️⃣  ballot_box_with_check ☑️  radio_button 🔘
    checkered_flag 🏁  triangular_flag_on_post 🚩  white_flag 🏳️  broken_heart 💔  blue_heart 💙
    green_heart 💚  yellow_heart 💛  purple_heart 💜  orange_heart 🧡  speech_balloon 💬  thought_balloon 💭
    zzz 💤`,
  Things: `
    bell 🔔  no_bell 🔕  fire_engine 🚒  fire_extinguisher 🧯  ambulance 🚑  police_car 🚓  helicopter 🚁
    loudspeaker 📢  mega 📣  satellite_antenna 📡  pager 📟  telephone_receiver 📞  iphone 📱  computer 💻
    desktop_computer 🖥️  keyboard ⌨️  floppy_disk 💾  cd 💿  electric_plug 🔌  battery 🔋  bulb 💡
    flashlight 🔦  candle 🕯️  mag 🔍  mag_right 🔎  lock 🔒  unlock 🔓  closed_lock_with_key 🔐  key 🔑
    hammer 🔨  wrench 🔧  hammer_and_wrench 🛠️  gear ⚙️  nut_and_bolt 🔩  toolbox 🧰  magnet 🧲  test_tube 🧪
    microscope 🔬  telescope 🔭  thermometer 🌡️  package 📦  inbox_tray 📥  outbox_tray 📤  email 📧
    envelope ✉️  incoming_envelope 📨  memo 📝  pencil 📝  pencil2 ✏️  clipboard 📋  calendar 📅  date 📅
    spiral_calendar_pad 🗓️  card_index_dividers 🗂️  file_folder 📁  open_file_folder 📂  page_facing_up 📄
    page_with_curl 📃  bookmark_tabs 📑  bar_chart 📊  chart_with_upwards_trend 📈
    chart_with_downwards_trend 📉  scroll 📜  newspaper 📰  notebook 📓  book 📖  books 📚  bookmark 🔖
    label 🏷️  link 🔗  paperclip 📎  scissors ✂️  wastebasket 🗑️  shield 🛡️  construction 🚧  moneybag 💰
    credit_card 💳  shopping_trolley 🛒  trophy 🏆  medal 🏅  dart 🎯  game_die 🎲  jigsaw 🧩  bug 🐛  ladybug 🐞
    art 🎨  globe_with_meridians 🌐  house 🏠  hospital 🏥  office 🏢  factory 🏭`,
  'Time and nature': `
    watch ⌚  alarm_clock ⏰  stopwatch ⏱️  timer_clock ⏲️  hourglass ⌛  hourglass_flowing_sand ⏳
    clock1 🕐  clock3 🕒  clock6 🕕  clock9 🕘  clock12 🕛  sunny ☀️  partly_sunny ⛅  cloud ☁️  rain_cloud 🌧️
    thunder_cloud_and_rain ⛈️  lightning 🌩️  snowflake ❄️  tornado 🌪️  fog 🌫️  ocean 🌊  droplet 💧
    rainbow 🌈  umbrella ☔  crescent_moon 🌙  full_moon 🌕  dizzy 💫  boom 💥  volcano 🌋  earth_africa 🌍
    earth_americas 🌎  earth_asia 🌏  seedling 🌱  herb 🌿  four_leaf_clover 🍀  evergreen_tree 🌲
    fallen_leaf 🍂  tulip 🌷  cherry_blossom 🌸  sunflower 🌻  dog 🐶  cat 🐱  owl 🦉  penguin 🐧  turtle 🐢
    snail 🐌  whale 🐳  unicorn_face 🦄  bee 🐝  spider_web 🕸️  coffee ☕  tea 🍵  cookie 🍪  cake 🍰  pizza 🍕
    beer 🍺  beers 🍻  apple 🍎  lemon 🍋  hot_pepper 🌶️  salt 🧂  popcorn 🍿  ship 🚢  anchor ⚓  airplane ✈️
    bike 🚲  bus 🚌  vertical_traffic_light 🚦  flag-de 🇩🇪  flag-es 🇪🇸  flag-fr 🇫🇷  flag-gb 🇬🇧  flag-jp 🇯🇵
    flag-us 🇺🇸`,
};

/** Group name -> [[shortcode, character]], in the order the picker shows them; aliases are left out. */
export const GROUPS = Object.entries(TABLE).map(([name, text]) => {
  const seen = new Set();
  const entries = text
    .trim()
    .split(/\s{2,}/)
    .map((entry) => entry.split(' '));
  return [name, entries.filter(([, glyph]) => !seen.has(glyph) && seen.add(glyph))];
});

const GLYPHS = new Map(
  Object.values(TABLE).flatMap((text) =>
    text
      .trim()
      .split(/\s{2,}/)
      .map((entry) => entry.split(' ')),
  ),
);

/** @param {string} name a shortcode without colons @returns {string|null} */
export function emoji(name) {
  return GLYPHS.get(name) ?? null;
}

/** Shortcodes that contain the words, those that begin with them first; at most `limit`. */
export function findEmoji(words, limit = 8) {
  const wanted = words.toLowerCase();
  const found = [...GLYPHS].filter(([name]) => name.includes(wanted));
  found.sort(([a], [b]) => Number(b.startsWith(wanted)) - Number(a.startsWith(wanted)) || a.length - b.length);
  return found.slice(0, limit);
}
