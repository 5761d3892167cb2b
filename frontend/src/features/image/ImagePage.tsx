import { Button, Skeleton } from "@mantine/core";
import { Link, useParams } from "react-router";
import { useTranslations } from "use-intl";
import { PageHeader } from "@/design/PageHeader";
import { ProblemNotice } from "@/design/ProblemNotice";
import classes from "./ImagePage.module.css";
import { ImageStage } from "./ImageStage";
import { ImageToolbar } from "./ImageToolbar";
import { SidePanel } from "./SidePanel";
import { useImage } from "./useImage";

export default function ImagePage() {
  const t = useTranslations();
  const { imageId = "" } = useParams();
  const query = useImage(imageId);

  if (query.isError) {
    return (
      <>
        <PageHeader title={t("image.loadFailed")} />
        <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
        <Button component={Link} to="/" mt="md">
          {t("shell.toLibrary")}
        </Button>
      </>
    );
  }
  const image = query.data;
  if (!image) {
    return (
      <div className={classes.page} aria-busy>
        <Skeleton className={classes.stageSkeleton ?? ""} />
        <Skeleton h={320} />
      </div>
    );
  }
  return (
    <article>
      <ImageToolbar image={image} />
      <div className={classes.page}>
        <ImageStage key={image.id} image={image} />
        <SidePanel image={image} />
      </div>
    </article>
  );
}
