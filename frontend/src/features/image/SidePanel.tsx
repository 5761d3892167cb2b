import { Skeleton, Tabs } from "@mantine/core";
import { Suspense } from "react";
import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { lazyPart } from "@/code/lazyPart";
import { MissingPart } from "@/code/MissingPart";
import { Facts } from "./Facts";
import { FailedJob } from "./FailedJob";
import { IncompleteNotice } from "./IncompleteNotice";
import { RenditionTable } from "./RenditionTable";
import classes from "./SidePanel.module.css";

const Builder = lazyPart(() => import("./Builder"), MissingPart);

export function SidePanel({ image }: { image: Image }) {
  const t = useTranslations("image");
  // Nothing is made of an image in the trash.
  const trashed = image.trashed_at !== null;
  return (
    <div className={classes.panel}>
      <IncompleteNotice image={image} />
      <FailedJob image={image} />
      <Tabs key={String(trashed)} defaultValue="facts" keepMounted={false}>
        <Tabs.List grow>
          <Tabs.Tab value="facts">{t("facts")}</Tabs.Tab>
          <Tabs.Tab value="renditions">{t("renditions")}</Tabs.Tab>
          {!trashed && <Tabs.Tab value="build">{t("build")}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="facts" pt="lg">
          <Facts image={image} />
        </Tabs.Panel>
        <Tabs.Panel value="renditions" pt="lg">
          <RenditionTable image={image} />
        </Tabs.Panel>
        {!trashed && (
          <Tabs.Panel value="build" pt="lg">
            <Suspense fallback={<Skeleton h={420} />}>
              <Builder key={image.id} image={image} />
            </Suspense>
          </Tabs.Panel>
        )}
      </Tabs>
    </div>
  );
}
