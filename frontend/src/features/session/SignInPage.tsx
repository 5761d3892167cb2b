import { Link, Navigate, useNavigate, useSearchParams } from "react-router";
import { useTranslations } from "use-intl";
import { useSession } from "@/api/session/useSession";
import { PageFallback } from "@/design/PageFallback";
import { AuthLayout } from "@/frame/AuthLayout";
import { CredentialsForm } from "./CredentialsForm";
import classes from "./CredentialsForm.module.css";
import { returnPath } from "./returnPath";

export default function SignInPage() {
  const t = useTranslations("session");
  const { phase } = useSession();
  const [query] = useSearchParams();
  const navigate = useNavigate();
  const target = returnPath(query.get("next"));
  if (phase === "restoring") return <PageFallback />;
  if (phase === "active") return <Navigate to={target} replace />;
  return (
    <AuthLayout title={t("signInTitle")} lead={t("signInLead")}>
      <CredentialsForm onDone={() => void navigate(target, { replace: true })} />
      <p className={classes.other}>
        {t("noAccount")} <Link to="/register">{t("toRegister")}</Link>
      </p>
    </AuthLayout>
  );
}
