/** Every module with logic has a test of its name, or stands here with the test that it has. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const FRONTEND = join(import.meta.dirname, "..");

/** Tables and types: nothing in them can be wrong that the compiler or the build does not see. */
const TABLES = [
  ...["api/constants.gen", "api/schema", "api/shapes", "app/pageHandle", "design/deckSlots"],
  ...["api/accountShapes", "features/account/sections"],
  ...["design/theme", "design/variants", "features/library/choices", "features/library/dialogs"],
  "model/images/tones",
];

/** Hooks and calls that only join the page with the browser or the server: seen there at work. */
const TESTED_ELSEWHERE: Record<string, readonly string[]> = {
  "tests/app/JobWatcher.test.tsx": ["features/uploads/uploads"],
  "tests/features/account/account.test.tsx": [
    ...["api/accountCalls", "features/account/useAct", "features/account/useFactors"],
  ],
  "tests/features/session/SignInPage.test.tsx": ["features/session/useSignInOptions"],
  "tests/features/library/library.property.test.tsx": [
    ...["model/images/useBulkActions", "model/images/useImages"],
  ],
  "tests/model/jobs/jobFeed.test.ts": ["model/jobs/jobCalls"],
  "../tests/browser/test_safety.py": ["api/session/sessionActions", "api/session/useSession"],
  "../tests/browser/test_accounts.py": ["model/useFragment"],
  "../tests/browser/test_keyboard.py": ["app/useFocusOnNavigation"],
  "../tests/browser/test_large_library.py": ["features/library/usePlace"],
  "../tests/browser/test_missing_code.py": ["code/useRecovery", "design/useTitle"],
  "../tests/browser/test_changes.py": ["features/account/useProfile"],
  "../tests/browser/test_pages.py": [
    ...["features/system/useStatus", "features/activity/useKnownImages"],
    "features/activity/useRunningJobs",
  ],
  "../tests/browser/test_states.py": [
    ...["app/useOnline", "design/useFieldProblem", "features/uploads/useAddFiles"],
    ...["features/uploads/useAcceptedFormats", "model/useOverview"],
  ],
  "../tests/browser/test_stage.py": [
    ...["design/copyText", "design/useCopy", "features/image/useBack", "features/image/useImage"],
    ...["features/image/useCopiedToast", "features/image/useExpiry", "features/image/useShortfall"],
    ...["features/image/useOriginal", "features/image/useTouch", "features/image/useZoom"],
  ],
  "../tests/browser/journey.py": ["model/jobs/useJobActions", "features/image/useFailedJob"],
};

const modules = readdirSync(join(FRONTEND, "src"), { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
  .map((path) => path.slice(0, -".ts".length));
const hasTest = (name: string): boolean =>
  ["ts", "tsx"].some((ending) => existsSync(join(FRONTEND, "tests", `${name}.test.${ending}`)));
const listed = [...TABLES, ...Object.values(TESTED_ELSEWHERE).flat()];

test("a module has a test of its name or stands in the list", () => {
  expect(modules.filter((name) => !hasTest(name) && !listed.includes(name))).toEqual([]);
});

test("what stands in the list is there, and has no test of its name", () => {
  expect(listed.filter((name) => hasTest(name) || !modules.includes(name))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
});

test("the tests that the list names are there", () => {
  const missing = Object.keys(TESTED_ELSEWHERE).filter((path) => !existsSync(join(FRONTEND, path)));
  expect(missing).toEqual([]);
});
