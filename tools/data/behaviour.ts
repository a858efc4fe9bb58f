/** How visitors move through the shop: a Markov chain over event types. */
export const eventTypes = [
  "page_view",
  "product_view",
  "search",
  "add_to_cart",
  "remove_from_cart",
  "checkout_start",
  "checkout_payment",
  "purchase",
  "signup",
  "login",
] as const;

export type EventType = (typeof eventTypes)[number];

/** A step of the chain. `signup` and `login` come on the way to the payment, not by chance. */
export type Step = Exclude<EventType, "signup" | "login"> | "leave";

export const landing: readonly (readonly [Step, number])[] = [
  ["page_view", 60],
  ["product_view", 33],
  ["search", 7],
];

/** From a step to the next one; weights of a row add up to 100. */
export const transitions: Readonly<Record<Exclude<Step, "leave">, readonly (readonly [Step, number])[]>> = {
  page_view: [
    ["page_view", 27],
    ["product_view", 31],
    ["search", 10],
    ["leave", 32],
  ],
  product_view: [
    ["page_view", 13],
    ["product_view", 31],
    ["search", 6],
    ["add_to_cart", 22],
    ["leave", 28],
  ],
  search: [
    ["product_view", 62],
    ["search", 14],
    ["page_view", 6],
    ["leave", 18],
  ],
  add_to_cart: [
    ["product_view", 32],
    ["page_view", 10],
    ["remove_from_cart", 7],
    ["checkout_start", 36],
    ["leave", 15],
  ],
  remove_from_cart: [
    ["product_view", 48],
    ["page_view", 14],
    ["leave", 38],
  ],
  checkout_start: [
    ["checkout_payment", 68],
    ["page_view", 9],
    ["leave", 23],
  ],
  checkout_payment: [
    ["purchase", 79],
    ["checkout_payment", 5],
    ["leave", 16],
  ],
  purchase: [
    ["page_view", 26],
    ["leave", 74],
  ],
};

/** What trackers called an event before the second payload version. */
export const firstVersionNames: Readonly<Record<EventType, string>> = {
  page_view: "view",
  product_view: "product",
  search: "search",
  add_to_cart: "cart_add",
  remove_from_cart: "cart_remove",
  checkout_start: "checkout",
  checkout_payment: "payment",
  purchase: "order",
  signup: "signup",
  login: "login",
};

/** Visits by hour of the day (UTC), as weights. */
export const visitsByHour: readonly (readonly [hour: number, weight: number])[] = [
  2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 10, 11, 10, 9, 9, 9, 11, 13, 15, 14, 11, 7, 4,
].map((weight, hour) => [hour, weight] as const);

export const countries = [
  ["DE", 44],
  ["AT", 12],
  ["CH", 10],
  ["FR", 12],
  ["NL", 9],
  ["GB", 8],
  ["US", 5],
] as const;

export const devices = [
  ["mobile", 56],
  ["desktop", 36],
  ["tablet", 8],
] as const;

export const userAgents: Readonly<Record<string, readonly string[]>> = {
  mobile: [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Version/18.3 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/133.0.0.0 Mobile Safari/537.36",
  ],
  desktop: [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/133.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 Version/18.3 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0",
  ],
  tablet: [
    "Mozilla/5.0 (iPad; CPU OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Version/18.3 Mobile/15E148 Safari/604.1",
  ],
  bot: [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/133.0.0.0 Safari/537.36",
    "acme-price-spider/2.4",
  ],
};

export const firstNames = [
  "Anna",
  "Ben",
  "Clara",
  "David",
  "Emma",
  "Felix",
  "Greta",
  "Hugo",
  "Ida",
  "Jonas",
  "Lena",
  "Max",
];
export const lastNames = [
  "Bauer",
  "Dubois",
  "Fischer",
  "Huber",
  "Jansen",
  "Keller",
  "Martin",
  "Meyer",
  "Smith",
  "Weber",
];
export const searchTerms = [
  "lamp",
  "desk",
  "oak shelf",
  "chair",
  "rug 160x230",
  "gift",
  "mirror",
  "vase",
  "sale",
  "led",
];
export const otherReferrers = [
  "https://www.google.com/",
  "https://www.bing.com/",
  "https://blog.example.net/interiors",
];
