import { useEffect, useState } from "react";
import classes from "./UploadPreview.module.css";

/** Larger files are not decoded just for a picture the size of a stamp. */
const LARGEST_BYTES = 12_000_000;

export function UploadPreview({ file }: { file: File }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (file.size > LARGEST_BYTES) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <span className={classes.frame} aria-hidden>
      {url && <img src={url} alt="" decoding="async" onError={() => setUrl(null)} />}
    </span>
  );
}
