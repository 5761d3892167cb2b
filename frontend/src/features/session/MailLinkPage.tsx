import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import { asProblem } from "@/api/problem";
import { PageFallback } from "@/design/PageFallback";
import { ProblemNotice } from "@/design/ProblemNotice";
import { AuthLayout } from "@/frame/AuthLayout";
import { useFragment } from "@/model/useFragment";
import { LinkProblem } from "./LinkProblem";

interface Props {
  title: string;
  /** Uses the token; answers with what is then to be read. */
  use(token: string): Promise<string>;
}

/** Asked for once, however often the page is rendered: a token works a single time. */
const used = new Map<string, Promise<string>>();

function once(token: string, use: Props["use"]): Promise<string> {
  const known = used.get(token);
  if (known) return known;
  const answer = use(token);
  used.set(token, answer);
  // What never reached the server may be tried again.
  answer.catch((refusal: unknown) => {
    if (asProblem(refusal).isTransient) used.delete(token);
  });
  return answer;
}

/** The page of a link that needs nothing more than to be opened. */
export function MailLinkPage(props: Props) {
  const token = useFragment().get("token") ?? "";
  return <OpenedLink key={token} token={token} {...props} />;
}

function OpenedLink({ token, title, use }: Props & { token: string }) {
  const t = useTranslations();
  const [said, setSaid] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each token and try
  useEffect(() => {
    if (!token) return;
    setError(null);
    once(token, use).then(setSaid, setError);
  }, [token, tries]);

  const refused = error === null ? null : asProblem(error);
  const isOver = !token || refused?.code === "link_invalid";
  return (
    <AuthLayout title={title} lead={said ?? ""}>
      {isOver && <LinkProblem />}
      {refused && !isOver && (
        <ProblemNotice error={refused} onRetry={() => setTries(tries + 1)} compact />
      )}
      {!isOver && !refused && said === null ? (
        <PageFallback />
      ) : (
        <Button component={Link} to="/account" size="md" fullWidth mt="md">
          {t("session.toAccount")}
        </Button>
      )}
    </AuthLayout>
  );
}
