import { useState } from "react";
import { Link, Navigate, useNavigate, useSearchParams } from "react-router";
import { useTranslations } from "use-intl";
import { ApiProblem } from "@/api/problem";
import { useSession } from "@/api/session/useSession";
import { PageFallback } from "@/design/PageFallback";
import { ProblemNotice } from "@/design/ProblemNotice";
import { AuthLayout } from "@/frame/AuthLayout";
import { dropFragment, takeFragment } from "@/model/fragment";
import classes from "./CredentialsForm.module.css";
import { challengeIn } from "./challenge";
import { returnPath } from "./returnPath";
import { SignInFlow } from "./SignInFlow";
import { useSignInOptions } from "./useSignInOptions";

export default function SignInPage() {
  const t = useTranslations("session");
  const { phase } = useSession();
  const [query] = useSearchParams();
  const navigate = useNavigate();
  const options = useSignInOptions();
  const [fragment] = useState(takeFragment);
  const [challenge, setChallenge] = useState(() => challengeIn(fragment));
  const refusedBy = fragment.get("sso_error");
  const target = returnPath(query.get("next"));
  if (phase === "restoring") return <PageFallback />;
  if (phase === "active") return <Navigate to={target} replace />;
  const done = (): void => {
    dropFragment();
    void navigate(target, { replace: true });
  };
  return (
    <AuthLayout
      title={t(challenge ? "step.title" : "signInTitle")}
      lead={challenge ? "" : t("signInLead")}
    >
      {refusedBy && !challenge && (
        <ProblemNotice
          heading={t("ssoFailed")}
          error={new ApiProblem({ status: 401, code: refusedBy, title: t("ssoRefused") })}
          compact
        />
      )}
      <SignInFlow
        options={options}
        returnTo={target}
        challenge={challenge}
        onChallenge={(next) => {
          dropFragment();
          setChallenge(next);
        }}
        onDone={done}
      />
      {!challenge && (
        <p className={classes.other}>
          {options.password_reset && (
            <Link to="/forgot-password" className={classes.line}>
              {t("forgot")}
            </Link>
          )}
          {options.registration_open && (
            <>
              {t("noAccount")} <Link to="/register">{t("toRegister")}</Link>
            </>
          )}
        </p>
      )}
    </AuthLayout>
  );
}
