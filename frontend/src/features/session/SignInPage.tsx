import { Link, Navigate, useNavigate, useSearchParams } from "react-router";
import { useTranslations } from "use-intl";
import { PageFallback } from "@/app/PageFallback";
import { AuthLayout } from "./AuthLayout";
import layout from "./AuthLayout.module.css";
import { CredentialsForm } from "./CredentialsForm";
import { returnPath } from "./returnPath";
import { useSession } from "./useSession";

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
      <p className={layout.other}>
        {t("noAccount")} <Link to="/register">{t("toRegister")}</Link>
      </p>
    </AuthLayout>
  );
}
