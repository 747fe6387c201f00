import { app } from "electron";
import { startWorkbench } from "./workbench.ts";

app.whenReady().then(startWorkbench);
app.on("window-all-closed", () => app.quit());
