import type { CampaignRow, PageRow } from "./raw.ts";
import { Random } from "./random.ts";
import { day, hour, type Settings, windowOf } from "./settings.ts";

export const site = "https://shop.acme.example";

export interface Product {
  readonly sku: string;
  readonly path: string;
  /** Cents. */
  readonly price: number;
}

export interface Campaign {
  readonly source: string;
  readonly medium: string;
  readonly utmCampaign: string;
  readonly startOn: number;
  readonly endOn: number;
}

/** What exists before any visitor comes: products, pages with their title changes, campaigns. */
export interface World {
  readonly products: readonly Product[];
  /** Paths of pages that show no product. */
  readonly paths: readonly string[];
  readonly pages: readonly PageRow[];
  readonly campaigns: readonly Campaign[];
  readonly campaignRows: readonly CampaignRow[];
}

const sections = ["lighting", "tables", "chairs", "storage", "textiles", "decor"] as const;
const nouns = ["Lamp", "Table", "Chair", "Shelf", "Rug", "Vase", "Mirror", "Desk"] as const;
const adjectives = ["Oak", "Nordic", "Copper", "Linen", "Round", "Tall", "Classic", "Slim", "Walnut", "Glass"] as const;

/** The marketing tool spells sources and media as its users typed them; the second form is the agreed one. */
const channels = [
  { typed: ["Google", "CPC"], agreed: ["google", "cpc"] },
  { typed: ["google ads", "ppc"], agreed: ["google", "cpc"] },
  { typed: ["Facebook", "paid-social"], agreed: ["facebook", "social"] },
  { typed: ["FB", "Social"], agreed: ["facebook", "social"] },
  { typed: ["instagram", "social"], agreed: ["instagram", "social"] },
  { typed: ["Newsletter", "e-mail"], agreed: ["newsletter", "email"] },
  { typed: ["newsletter", "email"], agreed: ["newsletter", "email"] },
  { typed: ["PartnerNet", "Affiliate"], agreed: ["partnernet", "affiliate"] },
  { typed: ["bing", "cpc"], agreed: ["bing", "cpc"] },
  { typed: ["YouTube", "Display"], agreed: ["youtube", "display"] },
] as const;

export function makeWorld(settings: Settings): World {
  const random = new Random(settings.seed, "world");
  const { start, end } = windowOf(settings);
  const products = Array.from({ length: 120 }, (_, index) => {
    const sku = `SKU-${String(index + 1).padStart(4, "0")}`;
    return { sku, path: `/p/${sku.toLowerCase()}`, price: random.between(590, 38_900) };
  });
  const paths = ["/", "/search", "/cart", "/checkout", "/checkout/payment", "/checkout/thanks", "/account"];
  const pages: PageRow[] = [];
  const addPage = (path: string, title: string, section: string): void => {
    const pageId = `pg-${String(pages.length + 1).padStart(5, "0")}`;
    const base = { pageId, path, section, authorEmail: `${random.pick(["kim", "noor", "sven"])}@acme.example` };
    let changedAt = start - random.between(30, 400) * day;
    const revisions = random.weighted([
      [0, 70],
      [1, 20],
      [2, 8],
      [3, 2],
    ] as const);
    pages.push({ ...base, title, changedAt });
    for (let revision = 1; revision <= revisions; revision++) {
      changedAt = Math.max(changedAt + day, start) + random.between(1, 8) * day + random.between(6, 18) * hour;
      if (changedAt < end)
        pages.push({ ...base, title: `${title} (${["new", "sale", "last pieces"][revision - 1]})`, changedAt });
    }
  };
  for (const path of paths) addPage(path, path === "/" ? "Acme Home" : `Acme ${path.slice(1)}`, "shop");
  for (const section of sections) {
    paths.push(`/c/${section}`);
    addPage(`/c/${section}`, `All ${section}`, section);
  }
  for (let index = 1; index <= 12; index++) {
    paths.push(`/blog/story-${index}`);
    addPage(`/blog/story-${index}`, `Story ${index}`, "blog");
  }
  for (const product of products)
    addPage(product.path, `${random.pick(adjectives)} ${random.pick(nouns)}`, random.pick(sections));

  const campaigns: Campaign[] = [];
  const campaignRows: CampaignRow[] = [];
  for (let index = 0; index < 16; index++) {
    const channel = channels[index % channels.length];
    if (!channel) continue;
    const utmCampaign = `${["spring", "home", "easter", "clearance"][index % 4]}-${String(index + 1).padStart(2, "0")}`;
    const startOn = start + random.between(0, Math.max(0, settings.days - 8)) * day;
    const endOn = startOn + random.between(6, 20) * day;
    campaigns.push({ source: channel.agreed[0], medium: channel.agreed[1], utmCampaign, startOn, endOn });
    campaignRows.push({
      campaignId: `cmp-${String(index + 1).padStart(3, "0")}`,
      name: `${utmCampaign} on ${channel.typed[0]}`,
      source: channel.typed[0],
      medium: channel.typed[1],
      utmCampaign,
      startOn,
      endOn,
      budget: random.between(50, 2_000) * 1_000,
      ownerEmail: `${random.pick(["ana", "lee", "tom"])}@acme.example`,
    });
  }
  return { products, paths, pages, campaigns, campaignRows };
}
